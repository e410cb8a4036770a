package io.tallyman.query;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;

/** An authority, and what it issues to servers on 127.0.0.1. */
final class Certificates {

  private final X509Bundle authority;

  Certificates() throws Exception {
    authority =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=An authority of a test")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
  }

  /** Writes a new certificate, with that of the authority behind it, and its key. */
  QueryAccess.Tls issue(Path directory, String name) throws Exception {
    X509Bundle issued =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=127.0.0.1")
            .addSanIpAddress("127.0.0.1")
            .buildIssuedBy(authority);
    Path key = directory.resolve(name + ".key");
    Path certificate = directory.resolve(name + ".pem");
    Files.writeString(key, issued.getPrivateKeyPEM());
    Files.writeString(certificate, issued.getCertificatePEM() + authority.getCertificatePEM());
    return new QueryAccess.Tls(certificate, key);
  }

  /** A client that trusts what this authority issued and nothing else. */
  HttpClient client() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, authority.toTrustManagerFactory().getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }
}
