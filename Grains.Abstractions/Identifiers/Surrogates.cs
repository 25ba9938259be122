using System.Buffers.Binary;
using W0rktree.Core.Paths;

namespace W0rktree.Grains.Abstractions.Identifiers;

// Core knows nothing of Orleans, so its ids cross grain calls through these stand-ins for the wire.

/// <summary>Carries an id of 128 bits.</summary>
[GenerateSerializer]
[Alias("wt.Id128")]
public struct Id128Surrogate
{
    /// <summary>The upper half.</summary>
    [Id(0)]
    public ulong High;

    /// <summary>The lower half.</summary>
    [Id(1)]
    public ulong Low;

    internal readonly UInt128 Value => new(High, Low);

    internal static Id128Surrogate Of(UInt128 value) => new() { High = (ulong)(value >> 64), Low = (ulong)value };
}

/// <summary>Carries a hash of 256 bits.</summary>
[GenerateSerializer]
[Alias("wt.Hash256")]
public struct Hash256Surrogate
{
    /// <summary>Bytes 0 to 7, big-endian.</summary>
    [Id(0)]
    public ulong A;

    /// <summary>Bytes 8 to 15.</summary>
    [Id(1)]
    public ulong B;

    /// <summary>Bytes 16 to 23.</summary>
    [Id(2)]
    public ulong C;

    /// <summary>Bytes 24 to 31.</summary>
    [Id(3)]
    public ulong D;

    internal readonly ContentHash ToHash()
    {
        Span<byte> bytes = stackalloc byte[ContentHash.SizeBytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, A);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], B);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], C);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], D);
        return ContentHash.FromBytes(bytes);
    }

    internal static Hash256Surrogate Of(ContentHash hash)
    {
        Span<byte> bytes = stackalloc byte[ContentHash.SizeBytes];
        hash.CopyTo(bytes);
        return new()
        {
            A = BinaryPrimitives.ReadUInt64BigEndian(bytes),
            B = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            C = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            D = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]),
        };
    }
}

/// <summary>Carries a value that is written as text.</summary>
[GenerateSerializer]
[Alias("wt.Text")]
public struct TextSurrogate
{
    /// <summary>The text.</summary>
    [Id(0)]
    public string Text;
}

/// <summary>Carries a path as its bytes.</summary>
[GenerateSerializer]
[Alias("wt.Path")]
public struct PathSurrogate
{
    /// <summary>The bytes.</summary>
    [Id(0)]
    public byte[] Bytes;
}

/// <summary>Converts tenants.</summary>
[RegisterConverter]
public sealed class TenantIdConverter : IConverter<TenantId, Id128Surrogate>
{
    /// <inheritdoc/>
    public TenantId ConvertFromSurrogate(in Id128Surrogate surrogate) => new(surrogate.Value);

    /// <inheritdoc/>
    public Id128Surrogate ConvertToSurrogate(in TenantId value) => Id128Surrogate.Of(value.Value);
}

/// <summary>Converts accounts.</summary>
[RegisterConverter]
public sealed class AccountIdConverter : IConverter<AccountId, Id128Surrogate>
{
    /// <inheritdoc/>
    public AccountId ConvertFromSurrogate(in Id128Surrogate surrogate) => new(surrogate.Value);

    /// <inheritdoc/>
    public Id128Surrogate ConvertToSurrogate(in AccountId value) => Id128Surrogate.Of(value.Value);
}

/// <summary>Converts worktrees.</summary>
[RegisterConverter]
public sealed class WorktreeIdConverter : IConverter<WorktreeId, Id128Surrogate>
{
    /// <inheritdoc/>
    public WorktreeId ConvertFromSurrogate(in Id128Surrogate surrogate) => new(surrogate.Value);

    /// <inheritdoc/>
    public Id128Surrogate ConvertToSurrogate(in WorktreeId value) => Id128Surrogate.Of(value.Value);
}

/// <summary>Converts trees.</summary>
[RegisterConverter]
public sealed class TreeIdConverter : IConverter<TreeId, Id128Surrogate>
{
    /// <inheritdoc/>
    public TreeId ConvertFromSurrogate(in Id128Surrogate surrogate) => new(surrogate.Value);

    /// <inheritdoc/>
    public Id128Surrogate ConvertToSurrogate(in TreeId value) => Id128Surrogate.Of(value.Value);
}

/// <summary>Converts working copies.</summary>
[RegisterConverter]
public sealed class CopyIdConverter : IConverter<CopyId, Id128Surrogate>
{
    /// <inheritdoc/>
    public CopyId ConvertFromSurrogate(in Id128Surrogate surrogate) => new(surrogate.Value);

    /// <inheritdoc/>
    public Id128Surrogate ConvertToSurrogate(in CopyId value) => Id128Surrogate.Of(value.Value);
}

/// <summary>Converts hashes.</summary>
[RegisterConverter]
public sealed class ContentHashConverter : IConverter<ContentHash, Hash256Surrogate>
{
    /// <inheritdoc/>
    public ContentHash ConvertFromSurrogate(in Hash256Surrogate surrogate) => surrogate.ToHash();

    /// <inheritdoc/>
    public Hash256Surrogate ConvertToSurrogate(in ContentHash value) => Hash256Surrogate.Of(value);
}

/// <summary>Converts snapshots' ids.</summary>
[RegisterConverter]
public sealed class SnapshotIdConverter : IConverter<SnapshotId, Hash256Surrogate>
{
    /// <inheritdoc/>
    public SnapshotId ConvertFromSurrogate(in Hash256Surrogate surrogate) => new(surrogate.ToHash());

    /// <inheritdoc/>
    public Hash256Surrogate ConvertToSurrogate(in SnapshotId value) => Hash256Surrogate.Of(value.Hash);
}

/// <summary>Converts tokens' hashes.</summary>
[RegisterConverter]
public sealed class TokenHashConverter : IConverter<TokenHash, TextSurrogate>
{
    /// <inheritdoc/>
    public TokenHash ConvertFromSurrogate(in TextSurrogate surrogate) => TokenHash.Parse(surrogate.Text);

    /// <inheritdoc/>
    public TextSurrogate ConvertToSurrogate(in TokenHash value) => new() { Text = value.ToString() };
}

/// <summary>Converts branch names; the empty text is the default value.</summary>
[RegisterConverter]
public sealed class BranchNameConverter : IConverter<BranchName, TextSurrogate>
{
    /// <inheritdoc/>
    public BranchName ConvertFromSurrogate(in TextSurrogate surrogate) => surrogate.Text is "" ? default : BranchName.Parse(surrogate.Text).Value;

    /// <inheritdoc/>
    public TextSurrogate ConvertToSurrogate(in BranchName value) => new() { Text = value.Text };
}

/// <summary>Converts paths.</summary>
[RegisterConverter]
public sealed class TreePathConverter : IConverter<TreePath, PathSurrogate>
{
    /// <inheritdoc/>
    public TreePath ConvertFromSurrogate(in PathSurrogate surrogate) => TreePath.Parse(surrogate.Bytes).Value;

    /// <inheritdoc/>
    public PathSurrogate ConvertToSurrogate(in TreePath value) => new() { Bytes = value.Bytes.ToArray() };
}

/// <summary>Carries a tree's address.</summary>
[GenerateSerializer]
[Alias("wt.TreeAddress")]
public struct TreeAddressSurrogate
{
    /// <summary>The owning tenant.</summary>
    [Id(0)]
    public TenantId Tenant;

    /// <summary>The worktree.</summary>
    [Id(1)]
    public WorktreeId Worktree;

    /// <summary>The tree.</summary>
    [Id(2)]
    public TreeId Tree;
}

/// <summary>Converts tree addresses.</summary>
[RegisterConverter]
public sealed class TreeAddressConverter : IConverter<TreeAddress, TreeAddressSurrogate>
{
    /// <inheritdoc/>
    public TreeAddress ConvertFromSurrogate(in TreeAddressSurrogate surrogate) => new(surrogate.Tenant, surrogate.Worktree, surrogate.Tree);

    /// <inheritdoc/>
    public TreeAddressSurrogate ConvertToSurrogate(in TreeAddress value) => new() { Tenant = value.Tenant, Worktree = value.Worktree, Tree = value.Tree };
}
