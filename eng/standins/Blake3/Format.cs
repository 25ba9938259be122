namespace Blake3;

/// <summary>The constants of the BLAKE3 paper, section 2.</summary>
internal static class Format
{
    public const int BlockBytes = 64;
    public const int ChunkBytes = 1024;
    public const int KeyBytes = 32;
    public const int BlocksPerChunk = ChunkBytes / BlockBytes;

    /// <summary>Words of a chaining value or a key.</summary>
    public const int ChainWords = 8;

    /// <summary>Words of a message block.</summary>
    public const int BlockWords = 16;

    public const int Rounds = 7;

    /// <summary>2^64 bytes are 2^54 chunks: one pending subtree for each bit of the chunk count.</summary>
    public const int MaxDepth = 54;

    public const uint ChunkStart = 1 << 0;
    public const uint ChunkEnd = 1 << 1;
    public const uint Parent = 1 << 2;
    public const uint Root = 1 << 3;
    public const uint KeyedHash = 1 << 4;
    public const uint DeriveKeyContext = 1 << 5;
    public const uint DeriveKeyMaterial = 1 << 6;

    public const uint Initial0 = 0x6A09E667;
    public const uint Initial1 = 0xBB67AE85;
    public const uint Initial2 = 0x3C6EF372;
    public const uint Initial3 = 0xA54FF53A;

    /// <summary>The key of the plain mode. An array, since unoptimised code allocates for spans of constants wider than a byte.</summary>
    public static readonly uint[] InitialWords =
    [
        Initial0, Initial1, Initial2, Initial3, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
    ];

    /// <summary>Row r is the message permutation of the paper applied r times: the words that round r mixes, in order.</summary>
    public static ReadOnlySpan<byte> Schedule =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8,
        3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1,
        10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6,
        12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4,
        9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7,
        11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13,
    ];
}
