using System.Text.Json;
using System.Text.Json.Serialization;
using W0rktree.Storage.Files;

namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>Remembers which working copies the agent watches, from one start to the next.</summary>
internal sealed class RootList(string path) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SortedSet<string> _roots = new(StringComparer.Ordinal);

    /// <summary>Reads the list; a damaged one reads as empty, since every command names its root again.</summary>
    public IReadOnlyList<string> Load()
    {
        try
        {
            var roots = JsonSerializer.Deserialize(File.ReadAllBytes(path), RootsJson.Default.RootsFile)?.Roots ?? [];
            _roots.UnionWith(roots.Where(Path.IsPathFullyQualified));
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            // Absent before the first init.
        }

        return [.. _roots];
    }

    /// <summary>Adds a root and writes the list.</summary>
    public Task AddAsync(string root, CancellationToken cancellationToken) => ChangeAsync(roots => roots.Add(root), cancellationToken);

    /// <summary>Forgets a root and writes the list.</summary>
    public Task RemoveAsync(string root, CancellationToken cancellationToken) => ChangeAsync(roots => roots.Remove(root), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();

    private async Task ChangeAsync(Func<SortedSet<string>, bool> change, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (change(_roots))
            {
                await AtomicFile.WriteAsync(path, JsonSerializer.SerializeToUtf8Bytes(new RootsFile([.. _roots]), RootsJson.Default.RootsFile), 0x180, cancellationToken);
            }
        }
        finally
        {
            _writing.Release();
        }
    }
}

/// <summary>The content of <c>roots.json</c>.</summary>
internal sealed record RootsFile(IReadOnlyList<string> Roots);

/// <summary>Knows how the list of roots is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(RootsFile))]
internal sealed partial class RootsJson : JsonSerializerContext;
