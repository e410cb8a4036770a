package io.tallyman.cli.up;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts the certificates of one file and no others, whatever names they are for: who asks a
 * service of its own process knows its certificate, and need not know who issued it. The file is
 * read each time, as it may be renewed. Safe from any thread.
 */
final class OwnCertificate extends X509ExtendedTrustManager {

  private final Path chain;

  private OwnCertificate(Path chain) {
    this.chain = chain;
  }

  /** For clients of a service that shows the first certificate of this PEM file. */
  static SSLContext trusted(Path chain) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new OwnCertificate(chain)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void check(X509Certificate[] shown) throws CertificateException {
    try (InputStream in = Files.newInputStream(chain)) {
      if (!CertificateFactory.getInstance("X.509").generateCertificates(in).contains(shown[0])) {
        throw new CertificateException("it does not show the certificate of " + chain);
      }
    } catch (IOException e) {
      throw new CertificateException("cannot read " + chain, e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] shown, String type, Socket socket)
      throws CertificateException {
    check(shown);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] shown, String type, SSLEngine engine)
      throws CertificateException {
    check(shown);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] shown, String type) throws CertificateException {
    check(shown);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] shown, String type, Socket socket)
      throws CertificateException {
    checkClientTrusted(shown, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] shown, String type, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(shown, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] shown, String type) throws CertificateException {
    throw new CertificateException("there are no clients here");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
