using System.Buffers.Binary;
using W0rktree.Core;
using W0rktree.Core.Identity;
using W0rktree.Core.Objects;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Vaults;
using W0rktree.Storage;

namespace W0rktree.Silo.Vault;

/// <summary>Collects an upload in a store of its own until its closure is whole, then copies it into the tree's. One writer.</summary>
internal sealed class Upload : IUpload
{
    private const string Table = "upload";

    // What a cut connection may cost to send again, against a disk sync for each.
    private const int ObjectsPerFlush = 512;
    private const long BytesPerFlush = 8 << 20;

    // A directory has pages above a few thousand entries, a snapshot holds at most a few fields of 64 KiB.
    private const int MaxStructureBytes = 16 << 20;

    private readonly string _folder;
    private readonly ObjectStore _quarantine;
    private readonly ObjectStore _target;
    private readonly TreeId _tree;
    private readonly VaultOptions _limits;
    private readonly UploadRoom _room;
    private StoreTransaction? _open;
    private long _objects;
    private long _bytes;
    private long _bytesAtFlush;
    private bool _ended;

    private Upload(string folder, ObjectStore quarantine, UploadPlan plan, ObjectStore target, TreeId tree, VaultOptions limits, UploadRoom room)
    {
        Plan = plan;
        (_folder, _quarantine, _target, _tree, _limits, _room) = (folder, quarantine, target, tree, limits, room);
        (DurableObjects, _bytesAtFlush) = (Load("objects"), Load("bytes"));
        (_objects, _bytes) = (DurableObjects, _bytesAtFlush);
    }

    /// <inheritdoc/>
    public UploadPlan Plan { get; }

    /// <inheritdoc/>
    public long DurableObjects { get; private set; }

    /// <summary>Begins an upload, or goes on with the one that lies in the quarantine; owns the quarantine from then on.</summary>
    public static async Task<Result<Upload>> BeginAsync(
        string folder, ObjectStore quarantine, UploadPlan? plan, ObjectStore target, TreeId tree, VaultOptions limits, UploadRoom room, CancellationToken cancellationToken)
    {
        var stored = LoadPlan(quarantine);
        if ((stored ?? plan) is not { } valid || (plan is not null && plan != valid))
        {
            await quarantine.DisposeAsync();
            return new Error("invalid_argument", "The session was begun for another upload.", "Draw a new session.");
        }

        if (stored is null)
        {
            await using var transaction = quarantine.Begin();
            transaction.Put(Table, "tip", valid.Tip.Hash.ToArray());
            transaction.Put(Table, "count", Number(valid.ObjectCount));
            await transaction.CommitAsync(cancellationToken);
        }

        return new Upload(folder, quarantine, valid, target, tree, limits, room);
    }

    /// <inheritdoc/>
    public async Task<Result<Done>> AppendAsync(ObjectKind kind, ContentHash id, Stream bytes, CancellationToken cancellationToken)
    {
        if (_objects >= Math.Min(_limits.MaxUploadObjects, Plan.ObjectCount))
        {
            return new Error("too_large", $"The upload brings more than the {Plan.ObjectCount:N0} objects it was begun for, or more than {_limits.MaxUploadObjects:N0}.");
        }

        _open ??= _quarantine.Begin();
        var taken = kind switch
        {
            ObjectKind.Content => await TakeContentAsync(_open, id, bytes, cancellationToken),
            ObjectKind.Directory or ObjectKind.Page or ObjectKind.Snapshot => await TakeStructureAsync(_open, kind, id, bytes, cancellationToken),
            _ => new Error("invalid_argument", $"Objects of kind {(byte)kind} are not sent: how content is cut is the server's own matter."),
        };
        if (!taken.IsOk)
        {
            return taken.Error == _room.Full ? await GiveUpAsync(taken.Error) : taken.Error;
        }

        _objects++;
        _bytes += taken.Value;
        if (_bytes > _room.UploadBytes)
        {
            return await GiveUpAsync(_room.UploadTooLarge);
        }

        if (_objects - DurableObjects >= ObjectsPerFlush || _bytes - _bytesAtFlush >= BytesPerFlush)
        {
            await FlushAsync(cancellationToken);
        }

        return default(Done);
    }

    /// <inheritdoc/>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_open is null)
        {
            return;
        }

        Save("objects", _objects);
        Save("bytes", _bytes);
        await using var transaction = _open;
        _open = null;
        await transaction.CommitAsync(cancellationToken);
        (DurableObjects, _bytesAtFlush) = (_objects, _bytes);
    }

    /// <inheritdoc/>
    public async Task<Result<Done>> AdmitAsync(IReadingLens lens, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        var restored = new SealedUpload(_quarantine, _target, lens);
        if (!(await RestoreAsync(restored, cancellationToken)).TryGet(out _, out var hidden))
        {
            await RemoveAsync();
            return hidden;
        }

        var closure = new UploadClosure(_quarantine, _target, _tree, restored);
        if (!(await closure.CheckAsync(Plan.Tip, cancellationToken)).TryGet(out var missing, out var error))
        {
            await RemoveAsync();
            return error;
        }

        await using (var transaction = _target.Begin())
        {
            foreach (var id in missing)
            {
                await CopyAsync(transaction, id, restored, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }

        await RemoveAsync();
        return default(Done);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_ended)
        {
            _ended = true;
            _room.End(stay: true);
            _open?.Dispose();
            _open = null;
            await _quarantine.DisposeAsync();
        }
    }

    private async Task<Result<Done>> RestoreAsync(SealedUpload restored, CancellationToken cancellationToken)
    {
        try
        {
            return await restored.CheckAsync(Plan.Tip, cancellationToken);
        }
        catch (MissingObjectException e)
        {
            return new Error("missing_objects", e.Message, "Send it again: wt sync");
        }
        catch (CorruptObjectException e)
        {
            return new Error("invalid_argument", $"The upload holds something that is not what refers to it says: {e.Message}");
        }
    }

    /// <summary>Lets go what was collected: it could never be admitted, and takes the room that is lacking.</summary>
    private async Task<Error> GiveUpAsync(Error error)
    {
        _room.End(stay: false);
        await RemoveAsync();
        return error;
    }

    private async Task RemoveAsync()
    {
        await DisposeAsync();

        // Out of the way in one step: whoever opens the session anew meanwhile begins with an empty folder.
        var gone = $"{_folder}.{Guid.NewGuid():N}";
        Directory.Move(_folder, gone);
        Directory.Delete(gone, recursive: true);
    }

    private async Task<Result<long>> TakeContentAsync(StoreTransaction transaction, ContentHash id, Stream bytes, CancellationToken cancellationToken)
    {
        await using var limited = new LimitedStream(bytes, _room.FileBytes, _room);
        var written = await transaction.WriteContentAsync(limited, cancellationToken);
        if (limited.IsExceeded || limited.IsWithoutRoom)
        {
            return limited.IsExceeded ? _room.FileTooLarge : _room.Full;
        }

        // What came under a wrong name lies there under its right one and, as nothing refers to it, goes with the quarantine.
        return written.Id == id ? written.SizeBytes : new Error("invalid_argument", $"The content sent as {id.ToShortString()} is {written.Id.ToShortString()}.");
    }

    private async Task<Result<long>> TakeStructureAsync(StoreTransaction transaction, ObjectKind kind, ContentHash id, Stream bytes, CancellationToken cancellationToken)
    {
        await using var limited = new LimitedStream(bytes, MaxStructureBytes, _room);
        using var buffer = new MemoryStream();
        await limited.CopyToAsync(buffer, cancellationToken);
        if (limited.IsWithoutRoom)
        {
            return _room.Full;
        }

        if (limited.IsExceeded)
        {
            return new Error("too_large", $"A {kind} has at most {MaxStructureBytes:N0} bytes.");
        }

        try
        {
            await transaction.WriteAsync(kind, id, buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancellationToken);
            return buffer.Length;
        }
        catch (CorruptObjectException e)
        {
            return new Error("invalid_argument", $"What was sent as {kind} {id.ToShortString()} is not that: {e.Reason}.");
        }
    }

    private async Task CopyAsync(StoreTransaction transaction, ContentHash id, SealedUpload restored, CancellationToken cancellationToken)
    {
        var stored = restored.Find(id) ?? await _quarantine.TryReadAsync(id, cancellationToken) ?? throw new MissingObjectException(id, "an upload that was checked");
        if (stored.Kind != ObjectKind.ChunkList)
        {
            await transaction.WriteAsync(stored.Kind, id, stored.Bytes, cancellationToken);
            return;
        }

        await using var content = await _quarantine.OpenContentAsync(id, cancellationToken) ?? throw new MissingObjectException(id, "an upload that was checked");
        var written = await transaction.WriteContentAsync(content, cancellationToken);
        if (written.Id != id)
        {
            throw new CorruptObjectException(id, "its chunks do not join to it");
        }
    }

    private static UploadPlan? LoadPlan(ObjectStore quarantine) =>
        quarantine.Get(Table, "tip") is { } tip && quarantine.Get(Table, "count") is { } count
            ? new UploadPlan(new SnapshotId(ContentHash.FromBytes(tip.Span)), BinaryPrimitives.ReadInt64BigEndian(count.Span))
            : null;

    private long Load(string key) => _quarantine.Get(Table, key) is { } value ? BinaryPrimitives.ReadInt64BigEndian(value.Span) : 0;

    private void Save(string key, long value) => _open!.Put(Table, key, Number(value));

    private static byte[] Number(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
