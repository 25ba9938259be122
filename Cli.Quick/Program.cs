using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Output;
using W0rktree.Cli.Quick;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Start;

/// <summary>Answers the quickest command lines, and becomes the whole program for all others.</summary>
internal static partial class Program
{
    /// <summary>The whole program, beside this one.</summary>
    private const string Whole = "wt-main";

    private const int Output = 1;
    private const int BrokenPipe = 32; // EPIPE
    private const int Interrupted = 4; // EINTR
    private const int PipeSignal = 13; // SIGPIPE

    public static int Main(string[] arguments)
    {
        SafeFileHandle? begun = null;
        if (QuickLine.Read(arguments) is { } line)
        {
            var answer = Ask(line);
            if (answer?.Text is { } text && Write(text))
            {
                return 0;
            }

            begun = answer?.Socket;
        }

        return BecomeWhole(arguments, begun);
    }

    private static QuickAnswer? Ask(QuickLine line)
    {
        try
        {
            var environment = Endpoint.ProcessEnvironment();
            var colored = IsTerminal(Output) != 0 && !(environment.TryGetValue("NO_COLOR", out var value) && value.Length > 0);
            return line.Ask(Endpoint.SocketPath(environment, UserId.Current), Environment.CurrentDirectory, new Style(colored));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // The directory is gone or closed to the user: the whole program meets it too, and says so.
        }
    }

    /// <summary>Writes; false where nothing could be, which the whole program meets too. A reader that has gone is nobody's fault.</summary>
    private static bool Write(string text)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(text);
        var nothing = true; // Has been written so far.
        while (!bytes.IsEmpty)
        {
            var count = WriteSome(Output, bytes, (nuint)bytes.Length);
            if (count >= 0)
            {
                nothing = false;
                bytes = bytes[(int)count..];
            }
            else if (Marshal.GetLastPInvokeError() is not Interrupted and var error)
            {
                return error == BrokenPipe || !nothing;
            }
        }

        return true;
    }

    private static unsafe int BecomeWhole(string[] arguments, SafeFileHandle? begun)
    {
        var path = Path.Combine(AppContext.BaseDirectory, Whole);
        string[] words = begun is null
            ? ["wt", .. arguments]
            : ["wt", BegunConversation.Word, Duplicate(begun).ToString(System.Globalization.CultureInfo.InvariantCulture), .. arguments]; // A duplicate stays open in the next program.
        var pointers = stackalloc nint[words.Length + 1];
        for (var i = 0; i < words.Length; i++)
        {
            pointers[i] = Marshal.StringToCoTaskMemUTF8(words[i]);
        }

        pointers[words.Length] = 0;
        Signal(PipeSignal, 0); // The runtime ignores it, and what is ignored stays so.
        Execute(path, pointers);
        var message = $"wt: {path} cannot be started: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}\n    Install W0rktree whole: wt and wt-main belong together.\n";
        WriteSome(2, Encoding.UTF8.GetBytes(message), (nuint)Encoding.UTF8.GetByteCount(message));
        return 1;
    }

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTerminal(int descriptor);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteSome(int descriptor, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(SafeFileHandle descriptor);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int number, nint handler);

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Execute(string path, nint* arguments);
}
