using System.Buffers;
using W0rktree.Core.TextDiff;

namespace W0rktree.Campaigns.Diff;

/// <summary>Compares the files of the same names in two folders.</summary>
internal static class Folders
{
    public static void Diff(string old, string @new)
    {
        using var output = Console.OpenStandardOutput();
        var patch = new ArrayBufferWriter<byte>(1 << 16);
        foreach (var name in Directory.EnumerateFiles(old).Select(Path.GetFileName).Order(StringComparer.Ordinal))
        {
            UnifiedPatch.Write(patch, PatchHeader.Modified(name!), File.ReadAllBytes(Path.Combine(old, name!)), File.ReadAllBytes(Path.Combine(@new, name!)));
            output.Write(patch.WrittenSpan);
            patch.ResetWrittenCount();
        }
    }
}
