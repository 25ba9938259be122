using System.Runtime.InteropServices;
using ZstdSharp.Unsafe;

namespace ZstdSharp;

/// <summary>Owns a native compression context, and keeps it from being freed during a call.</summary>
internal sealed unsafe class CompressionContext : SafeHandle
{
    public CompressionContext()
        : base(0, ownsHandle: true)
    {
        var context = Methods.ZSTD_createCCtx();
        SetHandle(context is not null ? (nint)context : throw new ZstdException(ZSTD_ErrorCode.ZSTD_error_memory_allocation, "No memory for a compression context."));
    }

    public override bool IsInvalid => handle == 0;

    public Held<ZSTD_CCtx_s> Hold() => new(this);

    protected override bool ReleaseHandle() => Methods.ZSTD_freeCCtx((ZSTD_CCtx_s*)handle) == 0;
}

/// <summary>Owns a native decompression context, and keeps it from being freed during a call.</summary>
internal sealed unsafe class DecompressionContext : SafeHandle
{
    public DecompressionContext()
        : base(0, ownsHandle: true)
    {
        var context = Methods.ZSTD_createDCtx();
        SetHandle(context is not null ? (nint)context : throw new ZstdException(ZSTD_ErrorCode.ZSTD_error_memory_allocation, "No memory for a decompression context."));
    }

    public override bool IsInvalid => handle == 0;

    public Held<ZSTD_DCtx_s> Hold() => new(this);

    protected override bool ReleaseHandle() => Methods.ZSTD_freeDCtx((ZSTD_DCtx_s*)handle) == 0;
}

/// <summary>A context in use: taken from its owner on creation, which throws if that is disposed, given back by Dispose.</summary>
internal readonly unsafe ref struct Held<T>
    where T : unmanaged
{
    private readonly SafeHandle _owner;

    public Held(SafeHandle owner)
    {
        var added = false;
        owner.DangerousAddRef(ref added);
        _owner = owner;
    }

    public T* Pointer => (T*)_owner.DangerousGetHandle();

    public void Dispose() => _owner.DangerousRelease();
}
