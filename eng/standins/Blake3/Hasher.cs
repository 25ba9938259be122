using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Blake3;

/// <summary>Computes BLAKE3 of input given in any number of pieces, in its three modes: plain, keyed, key derivation.</summary>
/// <remarks>Not safe for use by several threads at once.</remarks>
public sealed class Hasher : IDisposable
{
    private Tree _tree;
    private bool _disposed;

    private Hasher(ReadOnlySpan<uint> key, uint flags)
    {
        RequireLittleEndian();
        _tree.Initialize(key, flags);
    }

    /// <summary>Hashes the whole input at once, without allocating.</summary>
    public static Hash Hash(ReadOnlySpan<byte> input)
    {
        var hash = new Hash();
        Hash(input, hash.AsSpan());
        return hash;
    }

    /// <summary>Hashes the whole input at once to output of any length, without allocating.</summary>
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> output)
    {
        RequireLittleEndian();
        OneShot.Hash(input, output);
    }

    /// <summary>Creates a hasher of the plain mode.</summary>
    public static Hasher New() => new(Format.InitialWords, flags: 0);

    /// <summary>Creates a hasher of the keyed mode (a MAC).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="key"/> is not 32 bytes long.</exception>
    public static Hasher NewKeyed(ReadOnlySpan<byte> key)
    {
        if (key.Length != Format.KeyBytes)
        {
            throw new ArgumentOutOfRangeException(nameof(key), $"A key has {Format.KeyBytes} bytes, not {key.Length}.");
        }

        return new Hasher(MemoryMarshal.Cast<byte, uint>(key), Format.KeyedHash);
    }

    /// <summary>Creates a hasher of the key derivation mode for a context, which should be globally unique and constant.</summary>
    public static Hasher NewDeriveKey(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return NewDeriveKey(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Creates a hasher of the key derivation mode for a context in UTF-8.</summary>
    /// <remarks>Bytes that are not UTF-8 count as U+FFFD, as in the real package.</remarks>
    public static Hasher NewDeriveKey(ReadOnlySpan<byte> str)
    {
        if (!System.Text.Unicode.Utf8.IsValid(str))
        {
            str = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(str));
        }

        Span<uint> key = stackalloc uint[Format.ChainWords];
        using (var context = new Hasher(Format.InitialWords, Format.DeriveKeyContext))
        {
            context.Update(str);
            context.Finalize(MemoryMarshal.AsBytes(key));
        }

        var hasher = new Hasher(key, Format.DeriveKeyMaterial);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(key));
        return hasher;
    }

    /// <summary>Forgets the input and keeps mode and key.</summary>
    public void Reset()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _tree.Reset();
    }

    /// <summary>Takes more input.</summary>
    public void Update(ReadOnlySpan<byte> data)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _tree.Update(data);
    }

    /// <summary>Takes more input: the bytes of the values as they are in memory.</summary>
    public void Update<T>(ReadOnlySpan<T> data) where T : unmanaged => Update(MemoryMarshal.AsBytes(data));

    /// <summary>Takes more input with the same result as <see cref="Update(ReadOnlySpan{byte})"/>, on several threads if it is large.</summary>
    public void UpdateWithJoin(ReadOnlySpan<byte> data)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ParallelUpdate.Run(ref _tree, data);
    }

    /// <summary>Takes more input as <see cref="UpdateWithJoin(ReadOnlySpan{byte})"/> does: the bytes of the values as they are in memory.</summary>
    public void UpdateWithJoin<T>(ReadOnlySpan<T> data) where T : unmanaged => UpdateWithJoin(MemoryMarshal.AsBytes(data));

    /// <summary>Returns the hash of the input so far; more input may follow.</summary>
#pragma warning disable CS0465 // The real package has this name; it is no finalizer.
    public Hash Finalize()
#pragma warning restore CS0465
    {
        var hash = new Hash();
        Finalize(hash.AsSpan());
        return hash;
    }

    /// <summary>Fills <paramref name="hash"/>, of any length, with the output for the input so far; more input may follow.</summary>
    public void Finalize(Span<byte> hash) => Finalize(0UL, hash);

    /// <summary>Fills <paramref name="hash"/> with the output stream's bytes from <paramref name="offset"/> on.</summary>
    public void Finalize(ulong offset, Span<byte> hash)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _tree.Finish(offset, hash);
    }

    /// <summary>Fills <paramref name="hash"/> with the output stream's bytes from <paramref name="offset"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative.</exception>
    public void Finalize(long offset, Span<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        Finalize((ulong)offset, hash);
    }

    /// <summary>Clears key and state; every later call but this one throws <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<Tree>(ref _tree)));
        _disposed = true;
    }

    private static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("This stand-in for Blake3 runs on little-endian machines only; use the real package.");
        }
    }
}
