using Files = System.Collections.Generic.Dictionary<string, string>;

namespace W0rktree.Core.Tests.TreeMerge;

/// <summary>What one side can do to a file <c>f</c> that stands beside <c>keep</c>; every pair of these is one row of the space.</summary>
internal static class MergeSpace
{
    private const string Text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

    public static Files Base => new() { ["f"] = Text, ["keep"] = "k\n" };

    public static IReadOnlyList<string> Deeds { get; } =
        ["nothing", "edit", "edit-elsewhere", "delete", "rename", "rename-elsewhere", "rename-edit", "mode", "symlink", "add", "directory", "directory-move"];

    /// <summary>Gives the files after a deed. The side's letter makes edits of the same lines differ.</summary>
    public static Files After(string deed, string side)
    {
        var files = Base;
        switch (deed)
        {
            case "edit":
                files["f"] = Text.Replace("2\n", $"two {side}\n", StringComparison.Ordinal);
                break;
            case "edit-elsewhere":
                files["f"] = Text.Replace(side == "o" ? "5\n" : "8\n", $"far {side}\n", StringComparison.Ordinal);
                break;
            case "delete":
                files.Remove("f");
                break;
            case "rename":
                Move(files, "g", Text);
                break;
            case "rename-elsewhere":
                Move(files, $"h-{side}", Text);
                break;
            case "rename-edit":
                Move(files, "g", Text.Replace("4\n", $"four {side}\n", StringComparison.Ordinal));
                break;
            case "mode":
                files["f"] = "!x " + Text;
                break;
            case "symlink":
                files["f"] = $"!l to-{side}";
                break;
            case "add":
                files["g"] = $"added by {side}\n";
                break;
            case "directory":
                files.Remove("f");
                files["f/x"] = $"inside {side}\n";
                break;
            case "directory-move":
                Move(files, "f/moved", Text);
                break;
        }

        return files;
    }

    private static void Move(Files files, string to, string content)
    {
        files.Remove("f");
        files[to] = content;
    }
}
