using System.Text;
using W0rktree.Core.Identity;

namespace W0rktree.LocalAgent.Tests.Simulation;

/// <summary>
/// Somebody who works in the simulated directory. A save takes several steps with pauses shorter than the debouncer's window;
/// everything else happens in one. Knows which contents ever were whole, and what a snapshot must not show.
/// </summary>
internal sealed class SavingPerson(SimulatedFiles files, Random random)
{
    /// <summary>From so many files on no more are made: a larger batch the agent reads on several threads, and a seed would not tell the run.</summary>
    private const int MostFiles = 48;

    private readonly Lock _lock = new();
    private readonly List<Burst> _bursts = [];
    private readonly Dictionary<string, HashSet<ContentHash>> _whole = new(StringComparer.Ordinal);
    private int _number;

    /// <summary>Gets paths whose file went away by an act of its own, and was not saved again since.</summary>
    public HashSet<string> Removed { get; } = new(StringComparer.Ordinal);

    public bool IsSaving => _bursts.Count > 0;

    /// <summary>Tells whether a content at a path was ever what somebody had saved.</summary>
    public bool WasWhole(string path, ContentHash hash) => _whole.GetValueOrDefault(path)?.Contains(hash) == true;

    /// <summary>Takes the next step of the saves that are due.</summary>
    public void Go(DateTimeOffset now)
    {
        lock (_lock)
        {
            foreach (var burst in _bursts.Where(burst => burst.Next <= now).ToArray())
            {
                Step(burst, now);
            }
        }
    }

    /// <summary>Takes one step of a save at once, as while somebody else reads.</summary>
    public void Interfere(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_bursts.Count > 0 && random.Next(4) == 0)
            {
                Step(_bursts[random.Next(_bursts.Count)], now);
            }
        }
    }

    /// <summary>Begins a save, or does something that is one step. Gives whether a file got a further name.</summary>
    public bool Act(DateTimeOffset now, bool maySave)
    {
        var present = files.Files();
        var free = present.Keys.Where(path => !IsBusy(path)).ToArray();
        var isFull = present.Count >= MostFiles;
        switch (random.Next(11))
        {
            case < 5 when maySave:
                Save((random.Next(3) > 0 || isFull) && free.Length > 0 ? free[random.Next(free.Length)] : FreshName("f"), now);
                break;
            case 5 when free.Length > 0:
                var gone = free[random.Next(free.Length)];
                Removed.Add(gone);
                files.Delete(gone);
                break;
            case 6 when free.Length > 0:
                Move(free[random.Next(free.Length)], FreshName("m"));
                break;
            case 7:
                files.MakeDirectory(FreshName("d"));
                break;
            case 8 when free.Length > 0:
                var path = free[random.Next(free.Length)];
                files.SetExecutable(path, random.Next(2) == 0);
                break;
            case 9:
                MoveDirectory();
                break;
            case 10 when free.Length > 0 && !isFull:
                Link(free[random.Next(free.Length)], FreshName("l"));
                return true;
        }

        return false;
    }

    private void Save(string path, DateTimeOffset now)
    {
        var (old, temporary, parts) = (path + "~", path + ".new", Parts());
        List<Action> steps = random.Next(4) switch
        {
            0 => [() => files.Truncate(path), .. Writes(path, parts)],
            1 => [() => files.Truncate(temporary), .. Writes(temporary, parts), () => files.Move(temporary, path)],
            2 when files.Find(path) is not null => [() => files.Move(path, old), () => files.Truncate(path), .. Writes(path, parts), () => files.Delete(old)],
            3 when files.Find(path) is not null => [() => files.Truncate(temporary), .. Writes(temporary, parts), () => files.Move(path, path + ".old"), () => files.Move(temporary, path), () => files.Delete(path + ".old")],
            _ => [.. Writes(path, parts).Prepend(() => files.Truncate(path))],
        };
        _bursts.Add(new Burst(path, new Queue<Action>(steps), Encoding.UTF8.GetBytes(string.Concat(parts))) { Next = now });
    }

    private string[] Parts() => [.. Enumerable.Range(0, random.Next(1, 4)).Select(part => $"save {++_number} part {part} {new string('x', random.Next(3))}\n"), "end\n"];

    private IEnumerable<Action> Writes(string path, string[] parts) => parts.Select<string, Action>(part => () => files.Append(path, Encoding.UTF8.GetBytes(part)));

    private void Step(Burst burst, DateTimeOffset now)
    {
        burst.Steps.Dequeue()();
        burst.Next = now + TimeSpan.FromMilliseconds(random.Next(3) == 0 ? 0 : random.Next(1, 100));
        if (burst.Steps.Count == 0)
        {
            _bursts.Remove(burst);
            // Whoever saved into the file itself has saved it under all its names.
            var saved = files.Find(burst.Path);
            foreach (var path in files.Files().Where(file => file.Value == saved).Select(file => file.Key))
            {
                Note(path, burst.Content);
            }
        }
    }

    private void Link(string from, string to)
    {
        Note(to, files.Find(from)!.Bytes);
        files.Link(from, to + (random.Next(4) == 0 ? "~" : "")); // Now and then a name that is left out of the tree.
    }

    private void Move(string from, string to)
    {
        Removed.Add(from);
        Note(to, files.Find(from)!.Bytes);
        files.Move(from, to);
    }

    private void MoveDirectory()
    {
        var directories = files.Files().Keys.Where(path => path.Contains('/', StringComparison.Ordinal)).Select(path => path[..path.LastIndexOf('/')]).Distinct().ToArray();
        if (directories.Length == 0)
        {
            return;
        }

        var from = directories[random.Next(directories.Length)];
        var to = FreshName("w");
        if (_bursts.Exists(burst => burst.Path.StartsWith(from + "/", StringComparison.Ordinal)) || to.StartsWith(from + "/", StringComparison.Ordinal))
        {
            return;
        }

        foreach (var (path, file) in files.Files().Where(file => file.Key.StartsWith(from + "/", StringComparison.Ordinal)))
        {
            Removed.Add(path);
            Note(to + path[from.Length..], file.Bytes);
        }

        files.Move(from, to);
    }

    private string FreshName(string prefix)
    {
        var directories = Directories().Where(directory => directory.Count(letter => letter == '/') < 4).ToArray();
        var directory = directories[random.Next(directories.Length)];
        return $"{directory}{prefix}{++_number}";
    }

    private List<string> Directories()
    {
        var found = new List<string> { "" };
        void Walk(SimulatedNode node, string at)
        {
            foreach (var (name, child) in node.Children!.Where(child => child.Value.Children is not null))
            {
                found.Add($"{at}{name}/");
                Walk(child, $"{at}{name}/");
            }
        }

        Walk(files.Root, "");
        return found;
    }

    private bool IsBusy(string path) =>
        _bursts.Exists(burst => path == burst.Path || path.StartsWith(burst.Path, StringComparison.Ordinal) || files.Find(burst.Path) is { } saved && saved == files.Find(path));

    private void Note(string path, byte[] content)
    {
        Removed.Remove(path);
        if (!_whole.TryGetValue(path, out var contents))
        {
            _whole[path] = contents = [];
        }

        contents.Add(ContentHash.OfContent(content));
    }

    private sealed record Burst(string Path, Queue<Action> Steps, byte[] Content)
    {
        public DateTimeOffset Next { get; set; }
    }
}
