using System.Text.Json;
using System.Text.Json.Serialization;
using W0rktree.Core;
using W0rktree.Core.Identity;

namespace W0rktree.LocalAgent.WorkingCopy;

/// <summary>Says which working copy of which tree a directory is: the content of <c>.wt/state/copy.json</c>.</summary>
public sealed record CopyIdentity
{
    /// <summary>The version of the file's format.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Gets the format's version.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Gets the copy's id.</summary>
    public required string Copy { get; init; }

    /// <summary>Gets the worktree's id.</summary>
    public required string Worktree { get; init; }

    /// <summary>Gets the tree's id.</summary>
    public required string Tree { get; init; }

    /// <summary>Gets the store's folder, relative to the agent's data folder.</summary>
    public required string Store { get; init; }

    /// <summary>Gets the slug of the tenant that owns the worktree on a server, or null before the first push.</summary>
    public string? Owner { get; init; }

    /// <summary>Gets the worktree's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets whether the copy was made beside another one of the same tree (<c>wt whoami</c>); left out for the first.</summary>
    public bool? Secondary { get; init; }

    /// <summary>Gets the copy's id as a value.</summary>
    [JsonIgnore]
    public CopyId CopyId => CopyId.Parse(Copy);

    /// <summary>Gets the tree's id as a value.</summary>
    [JsonIgnore]
    public TreeId TreeId => TreeId.Parse(Tree);

    /// <summary>Gets the worktree's id as a value.</summary>
    [JsonIgnore]
    public WorktreeId WorktreeId => WorktreeId.Parse(Worktree);

    /// <summary>Reads the file's text.</summary>
    public static Result<CopyIdentity> Parse(string root, ReadOnlySpan<byte> json)
    {
        try
        {
            var identity = JsonSerializer.Deserialize(json, StateJson.Default.CopyIdentity);
            if (identity is { Format: CurrentFormat } && CopyId.TryParse(identity.Copy, out _) && TreeId.TryParse(identity.Tree, out _)
                && WorktreeId.TryParse(identity.Worktree, out _) && !identity.Store.Contains("..", StringComparison.Ordinal))
            {
                return identity;
            }
        }
        catch (JsonException)
        {
            // Said below: both mean that the file is not ours any more.
        }

        return new Error("broken_state", $"'{root}/.wt/state/copy.json' is damaged or from a newer version.", "Restore it from a backup, or clone the worktree again; the snapshots are safe in the store.");
    }

    /// <summary>Writes the file's text.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, StateJson.Default.CopyIdentity);
}

/// <summary>What the store remembers of a working copy (table <c>copies</c>).</summary>
/// <param name="Path">Its root directory.</param>
/// <param name="Branch">The branch it works on.</param>
/// <param name="Moving">The checkout that is under way, so that a start after a crash can finish it.</param>
public sealed record CopyRecord(string Path, string Branch, MovingRecord? Moving = null);

/// <summary>Describes a checkout under way.</summary>
/// <param name="To">The root directory that they show at its end.</param>
/// <param name="Branch">The branch the copy is on afterwards.</param>
/// <param name="Line">The tip of the line afterwards.</param>
/// <param name="From">The root directory that the files show at its beginning; null for the first checkout of a clone.</param>
public sealed record MovingRecord(string To, string Branch, string Line, string? From = null);

/// <summary>Knows how runtime state is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CopyIdentity))]
[JsonSerializable(typeof(CopyRecord))]
public sealed partial class StateJson : JsonSerializerContext;
