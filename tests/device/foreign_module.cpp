// A module of other headers (HAS_ENTRY), or a library that is no module at all.

#ifdef HAS_ENTRY

namespace {

// As far as auris/tensor/backend/backend_module.h promises that it may be read.
struct ForeignModule {
  const char* interface_id;
};

constexpr ForeignModule kModule = {"Auris 0.0.1, headers 0123456789ab"};

}  // namespace

extern "C" const void* auris_backend_module() { return &kModule; }

#else

extern "C" int foreign_function() { return 0; }

#endif
