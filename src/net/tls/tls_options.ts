/** A certificate with its key, as PEM texts. */
export interface ServerCertificate {
  /** Certificate chain, the server's own first. */
  readonly cert: string;
  /** Its private key. */
  readonly key: string;
  /** Opens a key that is encrypted. */
  readonly passphrase?: string | undefined;
}

/** How connections are encrypted. */
export interface TlsOptions extends ServerCertificate {
  /**
   * Certificates for other names. The one that matches the name the client asks for (SNI) is used, else the
   * first.
   */
  readonly otherCertificates?: readonly ServerCertificate[] | undefined;
  /**
   * PEM texts of authorities; clients must show a certificate of one of them. Default: no client shows any.
   */
  readonly clientAuthorities?: string | undefined;
}
