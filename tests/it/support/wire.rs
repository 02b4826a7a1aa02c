//! Plain sockets, and TLS behind a proxy, for servers that misbehave.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

use super::raw_server::is_whole;

/// Serves each connection with `handle`, on loopback, and counts them.
pub(crate) async fn serve<F>(
    handle: impl Fn(TcpStream) -> F + Send + 'static,
) -> (String, Arc<AtomicU32>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let connections = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(handle(stream));
        }
    });
    (address, connections)
}

/// Reads a whole request, head and body.
pub(crate) async fn read_request(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut request = Vec::new();
    while !is_whole(&request) {
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            break;
        }
    }
    String::from_utf8_lossy(&request).into_owned()
}

/// Writes a response with status 200.
pub(crate) fn response(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 200 OK\r\n{headers}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A certificate authority of our own, and a server's certificate from it.
pub(crate) struct Authority {
    pub(crate) certificate: String,
    pub(crate) acceptor: TlsAcceptor,
    /// The server's certificate and its key, as files hold them.
    pub(crate) server: (String, String),
}

impl Authority {
    pub(crate) fn certify(host: &str) -> Self {
        Self::sign(CertificateParams::new(vec![host.to_owned()]).expect("parameters"))
    }

    /// A server's certificate that names the host only where nobody looks any more.
    pub(crate) fn certify_as_common_name(host: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, host);
        Self::sign(params)
    }

    /// A server that sends, behind its certificate, the one of the authority between.
    pub(crate) fn certify_by_an_intermediate(host: &str) -> Self {
        let (root_key, root_params) = authority("Autoridad Ficticia");
        let root = root_params.self_signed(&root_key).expect("a root");
        let (key, params) = authority("Intermedia Ficticia");
        let between = params.signed_by(&key, &Issuer::new(root_params, root_key));
        let between = between.expect("an intermediate");
        let issuer = Issuer::new(params, key);
        let server_key = KeyPair::generate().expect("a key");
        let server = CertificateParams::new(vec![host.to_owned()])
            .and_then(|params| params.signed_by(&server_key, &issuer))
            .expect("a certificate");
        let acceptor = acceptor(&[&server, &between], &server_key);
        Self { certificate: root.pem(), acceptor, server: pem(&server, &server_key) }
    }

    /// Returns what takes on the server's side of TLS.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    fn sign(server: CertificateParams) -> Self {
        let (key, params) = authority("Autoridad Ficticia");
        let root = params.self_signed(&key).expect("a root");
        let server_key = KeyPair::generate().expect("a key");
        let server = server.signed_by(&server_key, &Issuer::new(params, key));
        let server = server.expect("a certificate");
        let acceptor = acceptor(&[&server], &server_key);
        Self { certificate: root.pem(), acceptor, server: pem(&server, &server_key) }
    }

    /// A server's certificate that nobody else vouches for.
    pub(crate) fn self_signed(host: &str) -> Self {
        Self::of_itself(host, IsCa::ExplicitNoCa)
    }

    /// The same as `openssl req -x509` makes it: marked as an authority's.
    pub(crate) fn self_signed_as_an_authority(host: &str) -> Self {
        Self::of_itself(host, IsCa::Ca(BasicConstraints::Unconstrained))
    }

    fn of_itself(host: &str, is_ca: IsCa) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![host.to_owned()]).expect("parameters");
        params.is_ca = is_ca;
        let server = params.self_signed(&key).expect("a certificate");
        let acceptor = acceptor(&[&server], &key);
        Self { certificate: server.pem(), acceptor, server: pem(&server, &key) }
    }
}

fn pem(server: &Certificate, key: &KeyPair) -> (String, String) {
    (server.pem(), key.serialize_pem())
}

/// Key and certificate's content of an authority.
fn authority(name: &str) -> (KeyPair, CertificateParams) {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    (KeyPair::generate().expect("a key"), params)
}

fn acceptor(chain: &[&Certificate], key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS versions")
        .with_no_client_auth()
        .with_single_cert(chain.iter().map(|it| it.der().clone()).collect(), key)
        .expect("a server's certificate");
    TlsAcceptor::from(Arc::new(config))
}

/// Stands in for a company's proxy and, behind it, for wolkvox over TLS, which closes a connection
/// after its first answer.
pub(crate) async fn proxy_to_wolkvox(
    authority: &Authority,
    body: &'static [u8],
) -> (String, Arc<AtomicU32>) {
    proxy_to(authority, body, false).await
}

/// The same, but every further request on a connection is read and never answered.
pub(crate) async fn proxy_to_a_wolkvox_that_swallows(
    authority: &Authority,
    body: &'static [u8],
) -> (String, Arc<AtomicU32>) {
    proxy_to(authority, body, true).await
}

async fn proxy_to(
    authority: &Authority,
    body: &'static [u8],
    swallows: bool,
) -> (String, Arc<AtomicU32>) {
    let acceptor = authority.acceptor.clone();
    serve(move |mut stream| {
        let acceptor = acceptor.clone();
        async move {
            let head = read_request(&mut stream).await;
            if !head.starts_with("CONNECT crm0001.wolkvox.com:443 ") {
                return;
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.expect("written");
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            read_request(&mut stream).await;
            let headers = format!("Content-Length: {}\r\n", body.len());
            let _ = stream.write_all(&response(&headers, body)).await;
            if swallows {
                while !read_request(&mut stream).await.is_empty() {}
            }
        }
    })
    .await
}
