using System.Text;

namespace W0rktree.GitBridge.Tests.Support;

/// <summary>Makes a history of small texts from a seed, as <c>git fast-import</c> reads it: edits, renames, branches, merges that mix both sides.</summary>
internal sealed class MadeTextHistory(int seed)
{
    private readonly Random _random = new(seed);
    private readonly MemoryStream _stream = new();
    private readonly Dictionary<int, Dictionary<string, List<string>>> _states = [];
    private int _line;

    public byte[] Make(int commits)
    {
        for (var mark = 1; mark <= commits; mark++)
        {
            var parents = Parents(mark);
            var state = parents.Count == 0 ? [] : parents.Count == 1 ? Clone(_states[parents[0]]) : Mix(_states[parents[0]], _states[parents[1]]);
            for (var edit = _random.Next(parents.Count > 1 ? 2 : 4); edit >= (mark == 1 ? -3 : 0); edit--)
            {
                Edit(state);
            }

            Write(mark, parents, state);
            _states[mark] = state;
        }

        return _stream.ToArray();
    }

    private List<int> Parents(int mark)
    {
        if (mark == 1)
        {
            return [];
        }

        var first = _random.Next(3) == 0 ? _random.Next(Math.Max(1, mark - 8), mark) : mark - 1;
        var second = _random.Next(5) == 0 ? _random.Next(Math.Max(1, mark - 10), mark) : first;
        return second == first ? [first] : [first, second];
    }

    private void Edit(Dictionary<string, List<string>> state)
    {
        var names = state.Keys.Order(StringComparer.Ordinal).ToArray();
        var choice = names.Length < 3 ? 0 : _random.Next(14);
        switch (choice)
        {
            case 0:
                state[$"{(_random.Next(2) == 0 ? "" : "d/")}f{_random.Next(6)}"] = [.. Enumerable.Range(0, _random.Next(8, 40)).Select(_ => Line())];
                break;
            case 1:
                state.Remove(names[_random.Next(names.Length)]);
                break;
            case 2:
                var from = names[_random.Next(names.Length)];
                var lines = state[from];
                state.Remove(from);
                state[$"{(_random.Next(2) == 0 ? "e/" : "d/")}r{_random.Next(6)}"] = lines;
                break;
            default:
                EditLines(state[names[_random.Next(names.Length)]]);
                break;
        }
    }

    private void EditLines(List<string> lines)
    {
        var at = _random.Next(lines.Count + 1);
        var count = Math.Min(_random.Next(1, 4), lines.Count - at);
        switch (_random.Next(3))
        {
            case 0:
                lines.InsertRange(at, Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Line()));
                break;
            case 1:
                lines.RemoveRange(at, count);
                break;
            default:
                for (var i = at; i < at + count; i++)
                {
                    lines[i] = Line();
                }

                break;
        }
    }

    // Every line is its own, so that there is one right answer to who brought it.
    private string Line() => $"{(_random.Next(3) == 0 ? "    " : "")}line {++_line}";

    private Dictionary<string, List<string>> Mix(Dictionary<string, List<string>> ours, Dictionary<string, List<string>> theirs)
    {
        var mixed = Clone(ours);
        foreach (var (name, lines) in theirs)
        {
            if (_random.Next(2) == 0)
            {
                mixed[name] = mixed.TryGetValue(name, out var own) && _random.Next(2) == 0 ? [.. own[..(own.Count / 2)], .. lines.Except(own[..(own.Count / 2)])] : [.. lines];
            }
        }

        return mixed;
    }

    private static Dictionary<string, List<string>> Clone(Dictionary<string, List<string>> state) => state.ToDictionary(pair => pair.Key, pair => new List<string>(pair.Value));

    private void Write(int mark, List<int> parents, Dictionary<string, List<string>> state)
    {
        var time = 1_000_000_000 + (mark * 60);
        Text($"commit refs/heads/main\nmark :{mark}\nauthor A <a@x> {time} +0000\ncommitter C <c@x> {time} +0000\n");
        Data($"commit {mark}\n");
        for (var i = 0; i < parents.Count; i++)
        {
            Text($"{(i == 0 ? "from" : "merge")} :{parents[i]}\n");
        }

        Text("deleteall\n");
        foreach (var (name, lines) in state)
        {
            Text($"M 100644 inline {name}\n");
            Data(string.Concat(lines.Select(line => line + "\n")));
        }

        Text("\n");
    }

    private void Data(string text) => Text($"data {Encoding.UTF8.GetByteCount(text)}\n{text}\n");

    private void Text(string text) => _stream.Write(Encoding.UTF8.GetBytes(text));
}
