#pragma once
// Which addresses belong to the public internet.

struct sockaddr;

namespace auris::http {

// False for this machine, private and local networks, carriers' networks, multicast, documentation, addresses
// of IPv4 within IPv6, and all that IANA has not given out for public use (RFC 6890 and its registries).
bool is_public(const sockaddr& address);

}  // namespace auris::http
