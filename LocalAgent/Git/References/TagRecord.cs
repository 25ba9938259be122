using System.Text.Json;
using System.Text.Json.Serialization;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Git.References;

/// <summary>What git has of a tag beside the snapshot it names (table <c>git</c>, key <c>tag/NAME</c>).</summary>
/// <param name="Type">The type of what the tag leads to: for a tree or a file, the snapshot was made for the tag alone.</param>
/// <param name="Objects">The tag objects as they are, the outermost first; none for a light tag.</param>
internal sealed record TagRecord(string Type, IReadOnlyList<byte[]> Objects)
{
    /// <summary>The table.</summary>
    public const string Table = "git";

    /// <summary>The name of the only entry of a snapshot that was made for a tag on a file.</summary>
    public const string FileEntry = "tagged";

    /// <summary>Names the row of a tag.</summary>
    public static string Key(string tag) => $"tag/{tag}";

    /// <summary>Reads the row of a tag; a tag without one is a light one on a commit.</summary>
    public static TagRecord Read(ObjectStore store, string tag) =>
        store.Get(Table, Key(tag)) is { } row && JsonSerializer.Deserialize(row.Span, GitJson.Default.TagRecord) is { } record ? record : new TagRecord(GitType.Commit.Word, []);

    /// <summary>Writes the row.</summary>
    public void Put(StoreTransaction transaction, string tag) => transaction.Put(Table, Key(tag), JsonSerializer.SerializeToUtf8Bytes(this, GitJson.Default.TagRecord));
}

/// <summary>Knows how rows of the bridge are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TagRecord))]
internal sealed partial class GitJson : JsonSerializerContext;
