namespace W0rktree.Core.Ignore;

/// <summary>A pattern that a text is held against: a literal beginning and what matches behind it.</summary>
/// <param name="Number">Its place in the file; the last that matches decides.</param>
/// <param name="DirectoryOnly">Whether only directories match.</param>
/// <param name="Literal">The bytes that the text begins with; all of it where <paramref name="Glob"/> is null.</param>
/// <param name="Glob">What matches behind the literal.</param>
internal readonly record struct GlobCandidate(int Number, bool DirectoryOnly, byte[] Literal, Glob? Glob)
{
    /// <summary>Tells whether the whole text matches.</summary>
    public bool IsMatch(ReadOnlySpan<byte> text, bool isDirectory)
    {
        if ((DirectoryOnly && !isDirectory) || !text.StartsWith(Literal))
        {
            return false;
        }

        var rest = text[Literal.Length..];
        return Glob is null ? rest.IsEmpty : rest.EndsWith(Glob.Tail) && Glob.IsMatch(rest);
    }

    /// <summary>Gives the number of the first candidate that matches, if it is larger than <paramref name="best"/>, else that. The largest number comes first.</summary>
    public static int FindFirst(ReadOnlySpan<GlobCandidate> candidates, ReadOnlySpan<byte> text, bool isDirectory, int best)
    {
        foreach (ref readonly var candidate in candidates)
        {
            if (candidate.Number <= best)
            {
                break;
            }

            if (candidate.IsMatch(text, isDirectory))
            {
                return candidate.Number;
            }
        }

        return best;
    }
}
