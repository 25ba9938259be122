using Google.Protobuf;
using W0rktree.Core.Identity;
using W0rktree.Core.Paths;
using W0rktree.Protocol.Grpc;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Team;

/// <summary>Turns what the server says of staged work into what IPC clients see.</summary>
internal static class WirePaths
{
    /// <summary>Renders a path's bytes for people; a server's bytes are displayed, never used.</summary>
    public static string Display(ByteString path) => PathText.Display(path.Span);

    /// <summary>Describes a staged entry.</summary>
    public static StagedInfo Describe(StagedEntry entry, string ownAccountId) => new()
    {
        Account = entry.Account,
        Copy = entry.CopyId,
        Mine = entry.AccountId == ownAccountId,
        Branch = entry.Branch,
        Snapshot = entry.Snapshot.Length == ContentHash.SizeBytes ? ContentHash.FromBytes(entry.Snapshot.Span).ToString() : new string('0', 64),
        State = entry.State,
        StagedAt = DateTimeOffset.FromUnixTimeMilliseconds(entry.StagedUnixMs),
        Changes = [.. entry.Changes.Select(change => new ChangeInfo(Display(change.Path), change.Change, change.ChangeClass, change.OldPath.IsEmpty ? null : Display(change.OldPath), null))],
        ChangeCount = (long)entry.ChangeCount,
    };
}
