namespace W0rktree.Core.TextDiff;

/// <summary>
/// A run, possibly empty, of changed lines of one text between two unchanged ones. The n-th group of one text faces the
/// n-th of the other. Sliding a group swaps equal lines at its ends and never alters what the diff does.
/// </summary>
internal struct ChangeGroup
{
    private readonly int[] _symbols;
    private readonly bool[] _changed;

    public ChangeGroup(int[] symbols, bool[] changed)
    {
        _symbols = symbols;
        _changed = changed;
        TakeForward();
    }

    public int Start { get; private set; }

    public int End { get; private set; }

    public readonly int Count => End - Start;

    public readonly bool IsEmpty => Start == End;

    public bool MoveNext()
    {
        if (End == _symbols.Length)
        {
            return false;
        }

        Start = ++End;
        TakeForward();
        return true;
    }

    public bool MovePrevious()
    {
        if (Start == 0)
        {
            return false;
        }

        End = --Start;
        TakeBackward();
        return true;
    }

    /// <summary>Slides one line down, swallowing a group that it bumps into.</summary>
    public bool SlideDown()
    {
        if (End == _symbols.Length || _symbols[Start] != _symbols[End])
        {
            return false;
        }

        _changed[Start++] = false;
        _changed[End++] = true;
        TakeForward();
        return true;
    }

    /// <summary>Slides one line up, swallowing a group that it bumps into.</summary>
    public bool SlideUp()
    {
        if (Start == 0 || _symbols[Start - 1] != _symbols[End - 1])
        {
            return false;
        }

        _changed[--Start] = true;
        _changed[--End] = false;
        TakeBackward();
        return true;
    }

    private void TakeForward()
    {
        while (End < _changed.Length && _changed[End])
        {
            End++;
        }
    }

    private void TakeBackward()
    {
        while (Start > 0 && _changed[Start - 1])
        {
            Start--;
        }
    }
}
