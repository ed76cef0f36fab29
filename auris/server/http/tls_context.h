#pragma once
// What a server shows that it is who it says, by OpenSSL: TLS 1.2 and 1.3.

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

namespace auris::server {

// PEM files: the certificate with those that vouch for it behind it, and its private key. Throws kUsage for
// files that are missing, are something else or do not belong together.
std::unique_ptr<boost::asio::ssl::context> make_tls_context(const std::string& certificate_path,
                                                            const std::string& key_path);

}  // namespace auris::server
