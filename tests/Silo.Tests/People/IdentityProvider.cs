using System.Diagnostics;
using W0rktree.Silo.Tests.Server;

namespace W0rktree.Silo.Tests.People;

/// <summary>A test that needs an identity provider of npm; skipped with the reason where it cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProviderFactAttribute : FactAttribute
{
    public ProviderFactAttribute() => Skip = IdentityProvider.Missing;
}

/// <summary>An OpenID Connect provider that is not ours, in a process of its own.</summary>
internal sealed class IdentityProvider : IDisposable
{
    private static readonly string Scripts = Path.Combine(Repository.Root, "tests", "Silo.Tests", "People", "oidc");
    private static readonly Lazy<(string? Folder, string? Missing)> Packages = new(() => (NodePackages.Install(Scripts, "oidc-node", out var missing), missing));

    private readonly Process _process;

    private IdentityProvider(Process process, string issuer) => (_process, Issuer) = (process, issuer);

    public static string? Missing => Packages.Value.Missing;

    public string Issuer { get; }

    public static async Task<IdentityProvider> StartAsync(string callback)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Scripts, "provider.mjs")]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["PACKAGES"], start.Environment["CALLBACK"]) = (Packages.Value.Folder, callback);
        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var issuer = await process.StandardOutput.ReadLineAsync().WaitAsync(TestServer.Patience) ?? throw new InvalidOperationException("The provider ended before it began.");
        return new IdentityProvider(process, issuer);
    }

    /// <summary>Gives the provider new keys; the old ones are gone.</summary>
    public async Task RotateAsync(string algorithm)
    {
        await _process.StandardInput.WriteLineAsync($"rotate {algorithm}");
        Assert.Equal("rotated", await _process.StandardOutput.ReadLineAsync().WaitAsync(TestServer.Patience));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TestServer.Patience))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
