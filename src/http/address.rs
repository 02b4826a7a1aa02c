//! Finds out which address a request comes from (pure).

use std::net::IpAddr;

use http::HeaderMap;
use ipnet::IpNet;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Returns the client's address: the peer's own, or what a trusted proxy says of it. Of a chain of
/// proxies the rightmost address that is no trusted proxy counts; what stands left of it could be
/// made up.
pub(super) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_trusted(peer, trusted) {
        return peer;
    }
    let all = headers.get_all(FORWARDED_FOR).iter().rev();
    let listed = all.flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
    let mut farthest = peer;
    for address in listed {
        // One that cannot be read hides whatever is left of it.
        let Some(address) = read(address.trim()) else { break };
        farthest = address;
        if !is_trusted(address, trusted) {
            break;
        }
    }
    farthest
}

/// Returns whether this is a proxy that may speak for others.
pub(super) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address.to_canonical()))
}

/// Reads an address, also with a port, as some proxies write it.
fn read(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').split(']').next().unwrap_or_default();
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|it| it.ip());
    bare.parse().ok().or_else(with_port).map(|it: IpAddr| it.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().expect("a value"));
        }
        let trusted = ["10.0.0.0/8".parse().expect("a network"), "::1/128".parse().expect("one")];
        client(peer.parse().expect("an address"), &headers, &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_speaks_for_others() {
        assert_eq!(found("192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
        assert_eq!(found("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(found("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(found("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn the_rightmost_address_that_is_no_proxy_counts() {
        assert_eq!(found("10.0.0.1", &["203.0.113.9, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(found("10.0.0.1", &["203.0.113.9", "198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(found("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
        assert_eq!(found("10.0.0.1", &["203.0.113.9, made up, 10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn an_address_may_have_a_port() {
        for (written, address) in [
            ("198.51.100.1:4711", "198.51.100.1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
        ] {
            assert_eq!(found("::1", &[written]), address);
        }
    }
}
