using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace W0rktree.Silo.Listening;

/// <summary>Says with which certificate a server speaks TLS.</summary>
/// <remarks>Given by <c>--tls-cert</c> and <c>--tls-key</c>, or by <c>Tls__Certificate</c>, <c>Tls__Key</c> and <c>Tls__Password</c> in the environment.</remarks>
/// <param name="CertificateFile">PEM with the whole chain, or PKCS #12 (<c>.pfx</c>, <c>.p12</c>).</param>
/// <param name="KeyFile">The key in PEM; null where the certificate's file holds it.</param>
/// <param name="Password">Opens the key, or the PKCS #12 file; null where it is open.</param>
internal sealed record TlsSettings(string CertificateFile, string? KeyFile, string? Password)
{
    /// <summary>Reads the section <c>Tls</c>; null where it is absent.</summary>
    public static TlsSettings? Read(IConfiguration configuration) =>
        configuration["Tls:Certificate"] is { Length: > 0 } file ? new TlsSettings(file, configuration["Tls:Key"], configuration["Tls:Password"]) : null;
}

/// <summary>Holds the certificate and looks at its files again when they change, so that a renewal needs no restart. Thread-safe.</summary>
internal sealed class TlsCertificate(TlsSettings settings, TimeProvider clock, ILogger<TlsCertificate> log)
{
    // Looking at two files for each handshake would be much for a busy server; a renewal is never in a hurry.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Loaded? _loaded;
    private long _lookedAt;

    /// <summary>Gives the certificate of this moment.</summary>
    /// <exception cref="CryptographicException">The files were never readable.</exception>
    /// <exception cref="IOException">The files were never there.</exception>
    public Loaded Current()
    {
        lock (_lock)
        {
            if (_loaded is not null && clock.GetElapsedTime(_lookedAt) < LookInterval)
            {
                return _loaded;
            }

            _lookedAt = clock.GetTimestamp();
            var stamp = (File.GetLastWriteTimeUtc(settings.CertificateFile), settings.KeyFile is { } key ? File.GetLastWriteTimeUtc(key) : default);
            if (_loaded is not null && _loaded.Stamp == stamp)
            {
                return _loaded;
            }

            try
            {
                return _loaded = Load(stamp);
            }
            catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException or ArgumentException && _loaded is not null)
            {
                // Half of a renewal: the old one goes on until both files fit each other.
                log.LogWarning(e, "The new certificate in {File} cannot be read; the old one stays in use", settings.CertificateFile);
                return _loaded!;
            }
        }
    }

    private Loaded Load((DateTime Certificate, DateTime Key) stamp)
    {
        if (Path.GetExtension(settings.CertificateFile).ToLowerInvariant() is ".pfx" or ".p12")
        {
            var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(settings.CertificateFile, settings.Password);
            var own = all.FirstOrDefault(c => c.HasPrivateKey) ?? throw new CryptographicException($"{settings.CertificateFile} holds no private key.");
            all.Remove(own);
            return new Loaded(own, all, stamp);
        }

        var keyFile = settings.KeyFile ?? settings.CertificateFile;
        var certificate = settings.Password is { } password
            ? X509Certificate2.CreateFromEncryptedPemFile(settings.CertificateFile, password, keyFile)
            : X509Certificate2.CreateFromPemFile(settings.CertificateFile, keyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(settings.CertificateFile);
        return new Loaded(certificate, [.. chain.Skip(1)], stamp);
    }

    /// <summary>One reading of the files.</summary>
    /// <param name="Certificate">The server's own, with its key.</param>
    /// <param name="Chain">The ones above it.</param>
    /// <param name="Stamp">When the files were written.</param>
    internal sealed record Loaded(X509Certificate2 Certificate, X509Certificate2Collection Chain, (DateTime Certificate, DateTime Key) Stamp);
}
