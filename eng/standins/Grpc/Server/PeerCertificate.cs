using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Describes a client's certificate by the property names that gRPC implementations share.</summary>
internal static class PeerCertificate
{
    private const string AlternativeName = "x509_subject_alternative_name";
    private const string CommonName = "x509_common_name";

    public static AuthContext Describe(X509Certificate2? certificate)
    {
        Dictionary<string, List<AuthProperty>> properties = new(StringComparer.Ordinal);
        if (certificate is null)
        {
            return new AuthContext(null, properties);
        }

        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))
            .Select(name => Property(AlternativeName, name))
            .ToList();
        if (names.Count > 0)
        {
            properties[AlternativeName] = names;
        }

        if (certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } common)
        {
            properties[CommonName] = [Property(CommonName, common)];
        }

        return new AuthContext(names.Count > 0 ? AlternativeName : properties.Count > 0 ? CommonName : null, properties);
    }

    private static AuthProperty Property(string name, string value) => AuthProperty.Create(name, Encoding.UTF8.GetBytes(value));
}
