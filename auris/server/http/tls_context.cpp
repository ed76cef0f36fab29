#include "auris/server/http/tls_context.h"

#include <string_view>

#include "auris/base/error.h"

namespace auris::server {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

// HTTP/1.1 of what a client offers, if it offers anything.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned offered_length, void*) {
  constexpr std::string_view kHttp11 = "\x08http/1.1";
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, length, reinterpret_cast<const unsigned char*>(kHttp11.data()),
                            static_cast<unsigned>(kHttp11.size()), offered, offered_length);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

[[noreturn]] void refuse(const std::string& expected, const error_code& error) {
  throw Error(
      ErrorCode::kUsage,
      {.where = "serve",
       .expected = expected,
       .got = error.message(),
       .hint = "--tls-certificate is the chain of certificates, --tls-key the private key of its first"});
}

}  // namespace

std::unique_ptr<ssl::context> make_tls_context(const std::string& certificate_path,
                                               const std::string& key_path) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 |
                       ssl::context::no_compression);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_alpn_select_cb(context->native_handle(), choose_protocol, nullptr);
  error_code error;
  context->use_certificate_chain_file(certificate_path, error);
  if (error) refuse("certificates as PEM in " + certificate_path, error);
  context->use_private_key_file(key_path, ssl::context::pem, error);
  if (error) refuse("the private key of " + certificate_path + " as PEM in " + key_path, error);
  return context;
}

}  // namespace auris::server
