using System.Text;
using W0rktree.Cli.Output;

namespace W0rktree.Cli.Quick;

/// <summary>Gathers lines, to be written at once.</summary>
internal sealed class TextLines(Style style) : Lines
{
    private readonly StringBuilder _text = new();

    public override Style Style { get; } = style;

    public string Text => _text.ToString();

    public override void Line(string text) => _text.Append(text).Append('\n');
}
