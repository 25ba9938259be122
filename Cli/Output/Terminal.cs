using System.Text;

namespace W0rktree.Cli.Output;

/// <summary>Knows where output goes: what is a terminal, and whether colour is welcome (https://no-color.org).</summary>
public sealed class Terminal
{
    /// <summary>Describes the process's own streams.</summary>
    public static Terminal OfProcess(IReadOnlyDictionary<string, string> environment) => new()
    {
        // Console.Out and Console.Error would set up the terminal for reading, with a thread for its signals.
        Output = Writer(Standard(1)),
        RawOutput = Standard(1),
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        NoColor = environment.TryGetValue("NO_COLOR", out var value) && value.Length > 0,
        Width = Console.IsErrorRedirected ? 80 : Math.Max(40, Console.WindowWidth),
    };

    private static Stream Standard(int descriptor) =>
        !OperatingSystem.IsWindows() ? new Agent.DescriptorStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: false), mayLoseReader: true)
        : descriptor == 1 ? Console.OpenStandardOutput() : Console.OpenStandardError();

    private static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 2048) { AutoFlush = true };

    /// <summary>Has what is written until the end of the answer go out at once instead of line by line.</summary>
    public IDisposable? Whole() => Output is StreamWriter { AutoFlush: true } writer ? new WholeAnswer(writer) : null;

    private sealed class WholeAnswer : IDisposable
    {
        private readonly StreamWriter _writer;

        public WholeAnswer(StreamWriter writer) => (_writer, writer.AutoFlush) = (writer, false);

        public void Dispose() => _writer.AutoFlush = true; // Flushes.
    }

    /// <summary>Gets everything out.</summary>
    public async Task FlushAsync()
    {
        try
        {
            await Output.FlushAsync();
        }
        catch (IOException) when (IsPaged)
        {
            // The reader has quit the pager.
        }
    }

    /// <summary>Gets where answers go.</summary>
    public required TextWriter Output { get; set; }

    /// <summary>Gets where everything else goes: the process's own stream, opened when it is needed, where nothing else is set.</summary>
    public TextWriter Error { get => field ??= Writer(Standard(2)); init; }

    /// <summary>Gets where file content goes, byte for byte.</summary>
    public required Stream RawOutput { get; set; }

    public bool OutputIsTerminal { get; init; }

    /// <summary>Gets or sets whether answers go through a pager.</summary>
    public bool IsPaged { get; set; }

    public bool ErrorIsTerminal { get; init; }

    public bool NoColor { get; init; }

    public int Width { get; init; } = 80;

    /// <summary>Gets whether answers are coloured.</summary>
    public bool UseColor => OutputIsTerminal && !NoColor;
}
