using System.Runtime.InteropServices;

namespace ZstdSharp.Unsafe;

/// <summary>Calls the functions of zstd.h with raw pointers; sizes that are errors are told by <see cref="ZSTD_isError"/>.</summary>
/// <remarks>A prefix is referenced, not copied: it must stay in place until the next frame is done, and holds for that frame only.</remarks>
public static unsafe partial class Methods
{
    private const string Library = NativeZstd.Name;

    static Methods() => NativeZstd.Register();

    [LibraryImport(Library)]
    public static partial uint ZSTD_versionNumber();

    public static bool ZSTD_isError(nuint code) => IsError(code) != 0;

    public static string ZSTD_getErrorName(nuint code) => Marshal.PtrToStringUTF8(GetErrorName(code)) ?? "";

    [LibraryImport(Library)]
    public static partial ZSTD_ErrorCode ZSTD_getErrorCode(nuint code);

    [LibraryImport(Library)]
    public static partial int ZSTD_minCLevel();

    [LibraryImport(Library)]
    public static partial int ZSTD_maxCLevel();

    [LibraryImport(Library)]
    public static partial int ZSTD_defaultCLevel();

    [LibraryImport(Library)]
    public static partial nuint ZSTD_compressBound(nuint srcSize);

    [LibraryImport(Library)]
    public static partial ZSTD_CCtx_s* ZSTD_createCCtx();

    [LibraryImport(Library)]
    public static partial nuint ZSTD_freeCCtx(ZSTD_CCtx_s* cctx);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_CCtx_setParameter(ZSTD_CCtx_s* cctx, ZSTD_cParameter param, int value);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_CCtx_getParameter(ZSTD_CCtx_s* cctx, ZSTD_cParameter param, int* value);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_CCtx_setPledgedSrcSize(ZSTD_CCtx_s* cctx, ulong pledgedSrcSize);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_CCtx_loadDictionary(ZSTD_CCtx_s* cctx, void* dict, nuint dictSize);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_CCtx_refPrefix(ZSTD_CCtx_s* cctx, void* prefix, nuint prefixSize);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_CCtx_reset(ZSTD_CCtx_s* cctx, ZSTD_ResetDirective reset);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_compress2(ZSTD_CCtx_s* cctx, void* dst, nuint dstCapacity, void* src, nuint srcSize);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_compressStream2(
        ZSTD_CCtx_s* cctx, ZSTD_outBuffer_s* output, ZSTD_inBuffer_s* input, ZSTD_EndDirective endOp);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_CStreamInSize();

    [LibraryImport(Library)]
    public static partial nuint ZSTD_CStreamOutSize();

    [LibraryImport(Library)]
    public static partial ZSTD_DCtx_s* ZSTD_createDCtx();

    [LibraryImport(Library)]
    public static partial nuint ZSTD_freeDCtx(ZSTD_DCtx_s* dctx);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_DCtx_setParameter(ZSTD_DCtx_s* dctx, ZSTD_dParameter dParam, int value);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_DCtx_getParameter(ZSTD_DCtx_s* dctx, ZSTD_dParameter param, int* value);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_DCtx_loadDictionary(ZSTD_DCtx_s* dctx, void* dict, nuint dictSize);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_DCtx_refPrefix(ZSTD_DCtx_s* dctx, void* prefix, nuint prefixSize);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_DCtx_reset(ZSTD_DCtx_s* dctx, ZSTD_ResetDirective reset);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_decompressDCtx(ZSTD_DCtx_s* dctx, void* dst, nuint dstCapacity, void* src, nuint srcSize);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_decompressStream(ZSTD_DCtx_s* zds, ZSTD_outBuffer_s* output, ZSTD_inBuffer_s* input);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_DStreamInSize();

    [LibraryImport(Library)]
    public static partial nuint ZSTD_DStreamOutSize();

    [LibraryImport(Library)]
    public static partial ulong ZSTD_getFrameContentSize(void* src, nuint srcSize);

    [LibraryImport(Library)]
    public static partial ulong ZSTD_decompressBound(void* src, nuint srcSize);

    [LibraryImport(Library)]
    public static partial nuint ZSTD_findFrameCompressedSize(void* src, nuint srcSize);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_getErrorName")]
    private static partial nint GetErrorName(nuint code);
}
