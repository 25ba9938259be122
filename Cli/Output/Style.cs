namespace W0rktree.Cli.Output;

/// <summary>Colours text where colour is welcome; the codes are the eight of ECMA-48, which every terminal theme has.</summary>
public readonly struct Style(bool enabled)
{
    public string Red(string text) => Wrap("31", text);

    public string Green(string text) => Wrap("32", text);

    public string Yellow(string text) => Wrap("33", text);

    public string Cyan(string text) => Wrap("36", text);

    public string Bold(string text) => Wrap("1", text);

    public string Dim(string text) => Wrap("2", text);

    private string Wrap(string code, string text) => enabled ? $"\e[{code}m{text}\e[0m" : text;
}
