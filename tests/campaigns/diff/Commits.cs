using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using W0rktree.Core.TextDiff;

namespace W0rktree.Campaigns.Diff;

/// <summary>
/// Writes for each of the newest commits of a repository with one parent: <c>N.patch</c> with our patches, and <c>N.info</c> with
/// parent, tree, and for submodules, which no patch can carry without git's ids, what to tell <c>git update-index</c>. The pairs that git
/// calls renames and copies are written as such. Each changed text also goes to <c>old</c> and <c>new</c>, for measuring.
/// </summary>
internal static class Commits
{
    public static async Task WriteAsync(string repository, int count, string folder)
    {
        var (old, @new) = (Path.Combine(folder, "old"), Path.Combine(folder, "new"));
        Directory.CreateDirectory(old);
        Directory.CreateDirectory(@new);
        using var contents = new GitContents(repository);
        var (number, pairs, texts) = (0, 0, 0);
        foreach (var commit in Lines(repository, "log", "--no-merges", "--min-parents=1", $"--max-count={count.ToString(CultureInfo.InvariantCulture)}", "--format=%H %P %T"))
        {
            var ids = commit.Split(' ');
            var info = new StringBuilder($"{ids[1]} {ids[2]} {ids[0]}\n");
            var patch = new ArrayBufferWriter<byte>();
            foreach (var change in Changes(repository, ids[1], ids[0]))
            {
                pairs++;
                var (before, after) = (await contents.ReadAsync(change.OldId), await contents.ReadAsync(change.NewId));
                if (before is null || after is null)
                {
                    info.Append(change.ToIndexInfo());
                    continue;
                }

                var isText = !BinaryDetection.IsBinary(before) && !BinaryDetection.IsBinary(after);
                texts += isText ? 1 : 0;
                UnifiedPatch.Write(patch, change.Header(Similarity.Estimate(before, after)), before, after, PatchOptions.Default with { Binary = true });
                if (change.Status == 'M' && isText)
                {
                    var name = string.Create(CultureInfo.InvariantCulture, $"{texts:D6}");
                    await File.WriteAllBytesAsync(Path.Combine(old, name), before);
                    await File.WriteAllBytesAsync(Path.Combine(@new, name), after);
                }
            }

            var path = Path.Combine(folder, (number++).ToString(CultureInfo.InvariantCulture));
            await File.WriteAllTextAsync(path + ".info", info.ToString());
            await File.WriteAllBytesAsync(path + ".patch", patch.WrittenSpan.ToArray());
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{number} commits, {pairs} changed files, {texts} of them texts"));
    }

    private static IEnumerable<Change> Changes(string repository, string parent, string commit)
    {
        var words = string.Join('\n', Lines(repository, "diff-tree", "-r", "-M", "-C", "--raw", "-z", "--no-commit-id", "--no-abbrev", parent, commit)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        for (var at = 0; at < words.Length;)
        {
            var head = words[at++].TrimStart(':').Split(' ');
            var path = words[at++];
            var target = head[4][0] is 'R' or 'C' ? words[at++] : path;
            yield return new Change(Convert.ToInt32(head[0], 8), Convert.ToInt32(head[1], 8), head[2], head[3], head[4][0], path, target);
        }
    }

    private static IEnumerable<string> Lines(string repository, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", repository, .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        while (git.StandardOutput.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private sealed record Change(int OldMode, int NewMode, string OldId, string NewId, char Status, string OldPath, string NewPath)
    {
        public PatchHeader Header(int similarity) => new()
        {
            OldPath = Encoding.UTF8.GetBytes(OldPath),
            NewPath = Encoding.UTF8.GetBytes(NewPath),
            OldMode = OldMode == 0 ? null : (PatchMode)OldMode,
            NewMode = NewMode == 0 ? null : (PatchMode)NewMode,
            Origin = Status switch { 'R' => PatchOrigin.Renamed, 'C' => PatchOrigin.Copied, _ => PatchOrigin.Same },
            Similarity = similarity,
        };

        public string ToIndexInfo()
        {
            var removed = Status == 'R' ? $"0 {new string('0', 40)}\t{OldPath}\n" : "";
            return $"{removed}{Convert.ToString(NewMode, 8)} {NewId}\t{NewPath}\n";
        }
    }
}
