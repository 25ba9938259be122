using System.Buffers.Text;
using System.Text;
using W0rktree.Silo.Front;

namespace W0rktree.Silo.Rest;

/// <summary>A list, a page at a time.</summary>
/// <typeparam name="T">What it lists.</typeparam>
/// <param name="Items">This page.</param>
/// <param name="NextCursor">Give it back as <c>cursor</c> for the next page; absent at the end.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor = null);

/// <summary>Reads and writes cursors: opaque to callers, who could not do anything with the inside.</summary>
internal static class Cursors
{
    /// <summary>Writes where the next page starts; null for none.</summary>
    public static string? Write(string next) => next.Length == 0 ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(next));

    /// <summary>Reads where a page starts; empty for the first.</summary>
    public static string Read(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
        {
            return "";
        }

        return cursor.Length <= 1_000 && Base64Url.IsValid(cursor)
            ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor))
            : throw Replies.Invalid("That is not a page's cursor.");
    }

    /// <summary>Reads a cursor that holds a number; 0 for the first page.</summary>
    public static int ReadNumber(string? cursor) =>
        Read(cursor) is { Length: > 0 } text ? int.TryParse(text, System.Globalization.NumberStyles.None, null, out var number) ? number : throw Replies.Invalid("That is not a page's cursor.") : 0;
}
