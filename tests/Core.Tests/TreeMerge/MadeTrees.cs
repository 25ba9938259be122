using Files = System.Collections.Generic.Dictionary<string, string>;

namespace W0rktree.Core.Tests.TreeMerge;

/// <summary>
/// Makes trees and changes to them from a seed: edits, renames, moves of directories, modes, symlinks, deletions, additions. With odd files
/// also CRLF, binary and empty ones, last lines without an end, and files and directories that take each other's place.
/// </summary>
internal sealed class MadeTrees(int seed, bool hasOddFiles = false)
{
    private static readonly string[] Folders = ["", "src/", "src/core/", "lib/", "docs/deep/er/"];

    private readonly Random _random = new(seed);
    private int _fresh;

    public (Files Base, Files Ours, Files Theirs) NextTriple()
    {
        var before = new Files();
        for (var i = _random.Next(4, 14); i > 0; i--)
        {
            before[Folders[_random.Next(Folders.Length)] + $"f{i}"] = hasOddFiles ? Odd(Text(_random.Next(0, 20))) : Text(_random.Next(3, 20));
        }

        return (before, Change(before), Change(before));
    }

    private Files Change(Files before)
    {
        var files = new Files(before);
        for (var i = _random.Next(1, 6); i > 0; i--)
        {
            ChangeOnce(files);
        }

        return files;
    }

    private void ChangeOnce(Files files)
    {
        if (files.Count == 0)
        {
            return;
        }

        var path = files.Keys.OrderBy(key => key, StringComparer.Ordinal).ElementAt(_random.Next(files.Count));
        switch (_random.Next(hasOddFiles ? 14 : 10))
        {
            case 0:
                files.Remove(path);
                break;
            case 1 or 2:
                Put(files, Folders[_random.Next(Folders.Length)] + $"n{_random.Next(6)}", Text(_random.Next(2, 8)));
                break;
            case 3 or 4:
                files.Remove(path, out var moved);
                Put(files, Folders[_random.Next(Folders.Length)] + (_random.Next(2) == 0 ? path.Split('/')[^1] : $"m{_random.Next(5)}"), _random.Next(2) == 0 ? moved! : Edit(moved!));
                break;
            case 5:
                MoveFolder(files, path);
                break;
            case 6:
                files[path] = files[path].StartsWith("!x ", StringComparison.Ordinal) ? files[path][3..] : files[path].StartsWith('!') ? files[path] : "!x " + files[path];
                break;
            case 7 when _random.Next(4) == 0:
                files[path] = $"!l target{_random.Next(3)}";
                break;
            case 10 when !files[path].StartsWith('!'):
                files[path] = Odd(files[path]);
                break;
            case 11:
                files.Remove(path, out var inside);
                Put(files, path + "/in", inside!);
                break;
            case 12 when path.LastIndexOf('/') is > 0 and var slash:
                var folder = path[..slash];
                foreach (var below in files.Keys.Where(key => key.StartsWith(folder + "/", StringComparison.Ordinal)).ToArray())
                {
                    files.Remove(below);
                }

                Put(files, folder, Text(3));
                break;
            default:
                files[path] = Edit(files[path]);
                break;
        }
    }

    private string Odd(string content) => _random.Next(8) switch
    {
        0 => content.Replace("\n", "\r\n", StringComparison.Ordinal),
        1 => content.Replace("\r", "", StringComparison.Ordinal),
        2 => "\0" + content,
        3 => "",
        4 => content.TrimEnd('\n'),
        5 => content + "\n\n",
        _ => content,
    };

    private void MoveFolder(Files files, string path)
    {
        var slash = path.LastIndexOf('/');
        var target = $"moved{_random.Next(3)}/";
        foreach (var inside in files.Keys.Where(key => slash > 0 && key.StartsWith(path[..(slash + 1)], StringComparison.Ordinal)).ToArray())
        {
            files.Remove(inside, out var content);
            Put(files, target + inside[(slash + 1)..], content!);
        }
    }

    /// <summary>Puts a file unless a directory is there or a file stands where its directory would be.</summary>
    private static void Put(Files files, string path, string content)
    {
        if (!files.Keys.Any(key => key.StartsWith(path + "/", StringComparison.Ordinal) || path.StartsWith(key + "/", StringComparison.Ordinal)))
        {
            files[path] = content;
        }
    }

    private string Edit(string content)
    {
        if (content.StartsWith("!l ", StringComparison.Ordinal))
        {
            return $"!l target{_random.Next(3)}";
        }

        var lines = content.Split('\n').ToList();
        var at = _random.Next(content.StartsWith("!x ", StringComparison.Ordinal) ? 1 : 0, lines.Count);
        switch (_random.Next(3))
        {
            case 0:
                lines.Insert(at, Line());
                break;
            case 1 when at > 0 && lines.Count > 3:
                lines.RemoveAt(at);
                break;
            default:
                lines[Math.Min(at, lines.Count - 1)] = Line();
                break;
        }

        return string.Join('\n', lines);
    }

    private string Text(int lines) => string.Concat(Enumerable.Range(0, lines).Select(_ => Line() + "\n"));

    private string Line() => $"line {_fresh++ * 7919 % 100_003} {(char)('a' + _random.Next(26))}";
}
