using System.Text.Json;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Quick;

/// <summary>
/// Reads of the agent's answers what is shown of them on an ordinary day; gives up on everything else, of which the serializer knows
/// how to read it.
/// </summary>
internal static class AnswerReader
{
    /// <summary>Reads, or gives null where there is more than this knows, or less than there must be.</summary>
    public static StatusResult? TryReadStatus(ReadOnlySpan<byte> json)
    {
        string? root = null, name = null, owner = null, branch = null;
        int? ahead = null, behind = null;
        SnapshotInfo? tip = null;
        SyncInfo? sync = null;
        List<ChangeInfo>? changes = null;
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (Next(ref reader) is { } property)
            {
                switch (property)
                {
                    case Property.Root: root = reader.GetString(); break;
                    case Property.Name: name = reader.GetString(); break;
                    case Property.Owner: owner = reader.GetString(); break;
                    case Property.Branch: branch = reader.GetString(); break;
                    case Property.Ahead: ahead = Number(ref reader); break;
                    case Property.Behind: behind = Number(ref reader); break;
                    case Property.Tip: tip = ReadSnapshot(ref reader); break;
                    case Property.Changes: changes = ReadChanges(ref reader); break;
                    case Property.Sync: sync = ReadSync(ref reader); break;
                    case Property.Permissions: reader.Skip(); break; // Not shown here.
                    default: RequireNothing(ref reader); break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }

        return root is null || name is null || branch is null || changes is null || sync is null ? null : new StatusResult
        {
            Root = root, Name = name, Owner = owner, Branch = branch, Tip = tip, Ahead = ahead, Behind = behind, Sync = sync, Changes = changes, Conflicts = [], Overlaps = [], Warnings = [],
        };
    }

    /// <summary>Reads what <c>wt snapshot</c> was answered, or gives null where there is more than this knows, or less than there must be.</summary>
    public static SnapshotCreateResult? TryReadSnapshot(ReadOnlySpan<byte> json)
    {
        SnapshotInfo? snapshot = null;
        List<ChangeInfo>? changes = null;
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (Next(ref reader) is { } property)
            {
                switch (property)
                {
                    case Property.Snapshot: snapshot = ReadSnapshot(ref reader); break;
                    case Property.Changes: changes = ReadChanges(ref reader); break;
                    default: RequireNothing(ref reader); break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }

        return changes is null ? null : new SnapshotCreateResult(snapshot, changes, []);
    }

    private static SnapshotInfo? ReadSnapshot(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        string? id = null, root = null, kind = null, time = null, author = null, message = null;
        bool conflicted = false, pushed = false;
        Dictionary<string, int>? classes = null;
        while (Next(ref reader) is { } property)
        {
            switch (property)
            {
                case Property.Id: id = reader.GetString(); break;
                case Property.Root: root = reader.GetString(); break;
                case Property.Kind: kind = reader.GetString(); break;
                case Property.Time: time = reader.GetString(); break;
                case Property.Author: author = reader.GetString(); break;
                case Property.Message: message = reader.GetString(); break;
                case Property.Conflicted: conflicted = reader.GetBoolean(); break;
                case Property.Pushed: pushed = reader.TokenType == JsonTokenType.True; break;
                case Property.Parents: reader.Skip(); break;
                case Property.Classes when reader.TokenType == JsonTokenType.StartObject: classes = ReadCounts(ref reader); break;
                default: RequireNothing(ref reader); break;
            }
        }

        return new SnapshotInfo { Id = Require(id), Root = Require(root), Parents = [], Kind = Require(kind), Time = Require(time), Author = author, Message = message, Conflicted = conflicted, Pushed = pushed, Classes = classes };
    }

    private static Dictionary<string, int> ReadCounts(ref Utf8JsonReader reader)
    {
        var counts = new Dictionary<string, int>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            counts[name] = reader.GetInt32();
        }

        return counts;
    }

    private static List<ChangeInfo> ReadChanges(ref Utf8JsonReader reader)
    {
        var changes = new List<ChangeInfo>();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            string? path = null, change = null, changeClass = null, old = null;
            while (Next(ref reader) is { } property)
            {
                switch (property)
                {
                    case Property.Path: path = reader.GetString(); break;
                    case Property.Change: change = Shared(ref reader); break;
                    case Property.ChangeClass: changeClass = Shared(ref reader); break;
                    case Property.OldPath: old = reader.GetString(); break;
                    default: reader.Skip(); break; // Sizes are not shown.
                }
            }

            changes.Add(new ChangeInfo(Require(path), Require(change), Require(changeClass), old, null));
        }

        return changes;
    }

    private static SyncInfo ReadSync(ref Utf8JsonReader reader)
    {
        string? state = null, server = null;
        var pending = 0;
        while (Next(ref reader) is { } property)
        {
            switch (property)
            {
                case Property.State: state = reader.GetString(); break;
                case Property.Server: server = reader.GetString(); break;
                case Property.Pending: pending = reader.GetInt32(); break;
                case Property.LastError: RequireNothing(ref reader); break;
                default: reader.Skip(); break; // Times are not shown.
            }
        }

        return new SyncInfo { State = Require(state), Server = server, Pending = pending };
    }

    /// <summary>Goes to the value of the next property; null at the object's end.</summary>
    private static Property? Next(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName)
        {
            return null;
        }

        var property = Known(ref reader);
        reader.Read();
        return property;
    }

    private static Property Known(ref Utf8JsonReader reader) => reader.ValueSpan switch
    {
        var name when name.SequenceEqual("root"u8) => Property.Root,
        var name when name.SequenceEqual("name"u8) => Property.Name,
        var name when name.SequenceEqual("owner"u8) => Property.Owner,
        var name when name.SequenceEqual("branch"u8) => Property.Branch,
        var name when name.SequenceEqual("tip"u8) => Property.Tip,
        var name when name.SequenceEqual("changes"u8) => Property.Changes,
        var name when name.SequenceEqual("ahead"u8) => Property.Ahead,
        var name when name.SequenceEqual("behind"u8) => Property.Behind,
        var name when name.SequenceEqual("sync"u8) => Property.Sync,
        var name when name.SequenceEqual("snapshot"u8) => Property.Snapshot,
        var name when name.SequenceEqual("permissions"u8) => Property.Permissions,
        var name when name.SequenceEqual("id"u8) => Property.Id,
        var name when name.SequenceEqual("parents"u8) => Property.Parents,
        var name when name.SequenceEqual("kind"u8) => Property.Kind,
        var name when name.SequenceEqual("time"u8) => Property.Time,
        var name when name.SequenceEqual("author"u8) => Property.Author,
        var name when name.SequenceEqual("message"u8) => Property.Message,
        var name when name.SequenceEqual("conflicted"u8) => Property.Conflicted,
        var name when name.SequenceEqual("pushed"u8) => Property.Pushed,
        var name when name.SequenceEqual("classes"u8) => Property.Classes,
        var name when name.SequenceEqual("path"u8) => Property.Path,
        var name when name.SequenceEqual("change"u8) => Property.Change,
        var name when name.SequenceEqual("change_class"u8) => Property.ChangeClass,
        var name when name.SequenceEqual("old_path"u8) => Property.OldPath,
        var name when name.SequenceEqual("state"u8) => Property.State,
        var name when name.SequenceEqual("server"u8) => Property.Server,
        var name when name.SequenceEqual("pending"u8) => Property.Pending,
        var name when name.SequenceEqual("last_error"u8) => Property.LastError,
        _ => Property.Other,
    };

    private static int? Number(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Null ? null : reader.GetInt32();

    /// <summary>A word of a few that come again and again.</summary>
    private static string Shared(ref Utf8JsonReader reader) => reader.ValueSpan switch
    {
        var word when word.SequenceEqual("added"u8) => "added",
        var word when word.SequenceEqual("modified"u8) => "modified",
        var word when word.SequenceEqual("deleted"u8) => "deleted",
        var word when word.SequenceEqual("code"u8) => "code",
        _ => reader.GetString()!,
    };

    private static string Require(string? value) => value ?? throw new FormatException("A field is missing.");

    /// <summary>What is empty needs no reading.</summary>
    private static void RequireNothing(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.EndArray)
        {
            throw new FormatException("There is more than is shown on an ordinary day.");
        }
    }

    private enum Property
    {
        Other, Root, Name, Owner, Branch, Tip, Changes, Ahead, Behind, Sync, Snapshot, Permissions, Id, Parents, Kind, Time, Author, Message, Conflicted, Pushed, Classes, Path, Change, ChangeClass, OldPath, State, Server, Pending, LastError,
    }
}
