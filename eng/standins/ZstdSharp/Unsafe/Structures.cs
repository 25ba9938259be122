using System.Runtime.InteropServices;

namespace ZstdSharp.Unsafe;

/// <summary>Stands for a compression context behind a pointer; its content belongs to the library.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ZSTD_CCtx_s;

/// <summary>Stands for a decompression context behind a pointer; its content belongs to the library.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ZSTD_DCtx_s;

/// <summary>Holds the input of a streaming step; <see cref="pos"/> moves as it is consumed.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct ZSTD_inBuffer_s
{
    public void* src;
    public nuint size;
    public nuint pos;
}

/// <summary>Holds the output of a streaming step; <see cref="pos"/> moves as it is filled.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct ZSTD_outBuffer_s
{
    public void* dst;
    public nuint size;
    public nuint pos;
}
