using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace W0rktree.Cli.Agent;

/// <summary>
/// A process of the agent's program that was started in the background. It has a session of its own and nothing of ours but
/// the environment: no terminal, no descriptor above the three standard ones, which lead nowhere.
/// </summary>
internal abstract partial class AgentProcess
{
    private AgentProcess()
    {
    }

    /// <summary>Gets how it ended; null while it runs.</summary>
    public abstract int? ExitCode { get; }

    /// <summary>Starts the program.</summary>
    /// <exception cref="IOException">It could not be started.</exception>
    public static AgentProcess Start(string program) => OperatingSystem.IsLinux() ? Spawned.Start(program) : Managed.Start(program);

    /// <summary>By posix_spawn(3), because .NET's way would set up handlers and a thread for the signals of children first.</summary>
    private sealed partial class Spawned(int pid) : AgentProcess
    {
        /// <summary>More than posix_spawn_file_actions_t (80) and posix_spawnattr_t (336) of glibc take, and those of musl.</summary>
        private const int OpaqueBytes = 1024;

        private const short OwnSession = 0x80; // POSIX_SPAWN_SETSID
        private const int ReadAndWrite = 2; // O_RDWR
        private const int WithoutWaiting = 1; // WNOHANG
        private const long CloseRange = 436; // The call's number on every architecture that came after it (Linux 5.9).
        private const uint MarkOnly = 4; // CLOSE_RANGE_CLOEXEC

        private int? _exitCode;

        public override int? ExitCode => _exitCode ??= Wait(pid, out var status, WithoutWaiting) == pid ? (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F) : null;

        public static new unsafe Spawned Start(string program)
        {
            // What a starter of ours left open is no business of a process that outlives it. A kernel without the call leaves it so.
            _ = Call(CloseRange, 3, uint.MaxValue, MarkOnly);
            var actions = stackalloc byte[OpaqueBytes];
            var attributes = stackalloc byte[OpaqueBytes];
            _ = InitActions(actions);
            _ = InitAttributes(attributes);
            _ = SetFlags(attributes, OwnSession);
            for (var descriptor = 0; descriptor <= 2; descriptor++)
            {
                _ = AddOpen(actions, descriptor, "/dev/null", ReadAndWrite, 0);
            }

            var path = Text(program);
            var argument = Text("--detached");
            var environment = Environment.GetEnvironmentVariables();
            var variables = new nint[environment.Count + 1];
            var next = 0;
            foreach (System.Collections.DictionaryEntry variable in environment)
            {
                variables[next++] = Text($"{variable.Key}={variable.Value}");
            }

            var arguments = stackalloc nint[] { path, argument, 0 };
            int error, pid;
            fixed (nint* variable = variables)
            {
                error = Spawn(out pid, path, actions, attributes, arguments, variable);
            }

            _ = DestroyActions(actions);
            _ = DestroyAttributes(attributes);
            return error == 0 ? new Spawned(pid) : throw new IOException($"{program} could not be started: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        // Never freed: a command starts the agent once.
        private static nint Text(string text) => Marshal.StringToCoTaskMemUTF8(text);

        [LibraryImport("libc", EntryPoint = "posix_spawn")]
        private static unsafe partial int Spawn(out int pid, nint path, byte* actions, byte* attributes, nint* arguments, nint* environment);

        [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
        private static unsafe partial int InitActions(byte* actions);

        [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
        private static unsafe partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

        [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
        private static unsafe partial int DestroyActions(byte* actions);

        [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
        private static unsafe partial int InitAttributes(byte* attributes);

        [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
        private static unsafe partial int SetFlags(byte* attributes, short flags);

        [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
        private static unsafe partial int DestroyAttributes(byte* attributes);

        [LibraryImport("libc", EntryPoint = "waitpid")]
        private static partial int Wait(int pid, out int status, int options);

        [LibraryImport("libc", EntryPoint = "syscall")]
        private static partial long Call(long number, uint first, uint last, uint flags);
    }

    private sealed class Managed(Process process) : AgentProcess
    {
        public override int? ExitCode => process.HasExited ? process.ExitCode : null;

        public static new Managed Start(string program)
        {
            var start = new ProcessStartInfo(program) { UseShellExecute = false, CreateNoWindow = true, WorkingDirectory = "/", RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            start.ArgumentList.Add("--detached");
            var process = Process.Start(start) ?? throw new IOException($"{program} could not be started.");
            process.StandardInput.Close();
            return new Managed(process);
        }
    }
}
