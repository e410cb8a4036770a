package io.tallyman.query.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Trusts instances that show the certificate of this one, or one that is issued by one of those in
 * its chain: where each has its own, the chain must have the issuer's.
 */
final class PeerTrust {

  private PeerTrust() {}

  /** {@code chain} is this instance's own, PEM. */
  static SSLContext of(Path chain) {
    try (InputStream in = Files.newInputStream(chain)) {
      KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
      anchors.load(null, null);
      int count = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        anchors.setCertificateEntry("peer-" + count++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(anchors);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "The certificate %s cannot be used: %s".formatted(chain, e.getMessage()), e);
    }
  }
}
