using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Tests.Server;

/// <summary>Makes the passwords of a server in this process cost nothing: hundreds of people register here, and what a hash costs is not what is tested.</summary>
/// <remarks>A server in a process of its own hashes as it is shipped (<see cref="ProcessTests"/>, and the one with TLS).</remarks>
internal static class QuickPasswords
{
    public static void Use(IServiceCollection services) =>
        services.AddSingleton(new Passwords(static (password, salt, _) => SHA256.HashData([.. salt.Span, .. password])));
}
