using System.Text;

namespace W0rktree.Storage.Meta;

/// <summary>A row's place: a table of 1 to 64 characters a–z, 0–9, '-', '_' and a key of 1 to 4,096 bytes of UTF-8.</summary>
internal readonly record struct MetaKey(string Table, byte[] Key)
{
    public const int MaxTableBytes = 64;
    public const int MaxKeyBytes = 4096;

    /// <summary>The largest value: metadata is small; what is larger belongs into an object.</summary>
    public const int MaxValueBytes = 4 * 1024 * 1024;

    private static readonly System.Buffers.SearchValues<char> TableCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    public string Text => Encoding.UTF8.GetString(Key);

    public static MetaKey Of(string table, string key)
    {
        CheckTable(table);
        var bytes = Encoding.UTF8.GetBytes(key);
        return bytes.Length is > 0 and <= MaxKeyBytes
            ? new MetaKey(table, bytes)
            : throw new ArgumentException($"A key has 1 to {MaxKeyBytes} bytes.", nameof(key));
    }

    public static void CheckTable(string table)
    {
        if (table.Length is 0 or > MaxTableBytes || table.AsSpan().ContainsAnyExcept(TableCharacters))
        {
            throw new ArgumentException($"'{table}' cannot name a table.", nameof(table));
        }
    }
}
