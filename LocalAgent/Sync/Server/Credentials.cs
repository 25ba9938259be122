using System.Text.Json;
using System.Text.Json.Serialization;
using W0rktree.Storage.Files;

namespace W0rktree.LocalAgent.Sync.Server;

/// <summary>Says as whom the user is signed in to one server.</summary>
public sealed record Credential(string Account, string AccountId, string Token);

/// <summary>
/// Keeps the user's tokens in <c>credentials.json</c> of the configuration folder: mode 0600, replaced atomically. It is
/// read at every use, so that signing in from another program counts at once.
/// </summary>
public sealed class CredentialFile(string folder)
{
    /// <summary>0600.</summary>
    private const int OwnerOnly = 0x180;

    /// <summary>Gets the file's path.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, "credentials.json");

    /// <summary>Finds the credential for a server, or null where the user is signed out.</summary>
    /// <exception cref="InvalidDataException">The file is not what this program writes.</exception>
    public Credential? Find(ServerUrl server) => Load().Servers.GetValueOrDefault(server.Text);

    /// <summary>Gets the server that was signed in to last, for commands that name none.</summary>
    public ServerUrl? LastServer() => Load().Last is { } last && ServerUrl.Parse(last) is { IsOk: true, Value: var server } ? server : null;

    /// <summary>Keeps a credential.</summary>
    public async Task SaveAsync(ServerUrl server, Credential credential, CancellationToken cancellationToken)
    {
        var content = Load();
        content.Servers[server.Text] = credential;
        await WriteAsync(content with { Last = server.Text }, cancellationToken);
    }

    /// <summary>Forgets a credential.</summary>
    public async Task RemoveAsync(ServerUrl server, CancellationToken cancellationToken)
    {
        var content = Load();
        if (content.Servers.Remove(server.Text))
        {
            await WriteAsync(content, cancellationToken);
        }
    }

    private CredentialContent Load()
    {
        if (!File.Exists(Path))
        {
            return new CredentialContent();
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path), CredentialJson.Default.CredentialContent) ?? new CredentialContent();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{Path} cannot be read as credentials (line {e.LineNumber + 1}). Move it away and sign in again with 'wt login'.", e);
        }
    }

    private async Task WriteAsync(CredentialContent content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await AtomicFile.WriteAsync(Path, JsonSerializer.SerializeToUtf8Bytes(content, CredentialJson.Default.CredentialContent), OwnerOnly, cancellationToken);
    }
}

/// <summary>The content of the credentials file.</summary>
public sealed record CredentialContent
{
    /// <summary>Gets the server signed in to last.</summary>
    public string? Last { get; init; }

    /// <summary>Gets the credentials by server.</summary>
    public Dictionary<string, Credential> Servers { get; init; } = [];
}

/// <summary>Writes the credentials file.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(CredentialContent))]
internal sealed partial class CredentialJson : JsonSerializerContext;
