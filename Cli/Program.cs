using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.Win32.SafeHandles;
using W0rktree.Cli;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Commands;
using W0rktree.Cli.Output;
using W0rktree.Cli.Quick;
using W0rktree.Protocol.Ipc;

if (OperatingSystem.IsWindows())
{
    Console.OutputEncoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
}

var environment = Endpoint.ProcessEnvironment();
var terminal = Terminal.OfProcess(environment);
string cwd;
try
{
    cwd = Environment.CurrentDirectory;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    var gone = new ErrorInfo(ErrorCodes.NotFound, "The directory that you are in is gone, or closed to you.", "Change to one that is there, and run the command again.");
    new Reporter(terminal, args.Contains("--json")).Fail(gone);
    return ErrorCodes.ExitCode(gone.Code);
}

return await Entry.RunAsync(args, new CommandContext(terminal, environment, TimeProvider.System, cwd));

namespace W0rktree.Cli
{
    /// <summary>Runs one command line and turns every ending into an exit code.</summary>
    public static class Entry
    {
        /// <summary>Parses and runs.</summary>
        public static async Task<int> RunAsync(string[] args, CommandContext context)
        {
            if (args is [BegunConversation.Word, var number, var command, ..] && int.TryParse(number, out var descriptor) && QuickLine.MethodOf(command) is { } asked)
            {
                context.Begun = new BegunConversation(new SafeFileHandle(descriptor, ownsHandle: true), asked);
                args = args[2..];
            }
            else if (OperatingSystem.IsLinux() && QuickLine.Read(args) is { } line
                && line.Ask(context.Agent.SocketPath, context.Cwd, new Style(context.Terminal.UseColor)) is { } answer)
            {
                if (answer.Text is { } text)
                {
                    answer.Socket.Dispose();
                    return await GuardAsync(() => WriteAsync(context, text), context, json: false);
                }

                context.Begun = new BegunConversation(answer.Socket, line.Method);
            }

            // What follows "wt server" belongs to the server's program, options included.
            if (args is ["server", .. var rest])
            {
                return await GuardAsync(() => ServerCommand.RunAsync(context, rest), context, json: false);
            }

            // What follows "wt __complete" is half a command line, which no parser may judge.
            if (args is [CompletionCommand.Query, .. var words])
            {
                return await GuardAsync(() => CompletionCommand.AnswerAsync(context, words), context, json: false);
            }

            var root = CommandTree.BuildFor(context, args);
            // "@" names the line's tip; it must not be taken for a file with more arguments.
            var parse = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parse.Errors.Count > 0 && parse.Action is not System.CommandLine.Help.HelpAction && parse.Action?.ClearsParseErrors != true)
            {
                UsageErrors.Render(parse, context.Report(parse));
                return ExitCodes.Refused;
            }

            var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = context.Terminal.Output, Error = context.Terminal.Error };
            var json = parse.GetValue(CommandContext.JsonOption);
            if ((parse.CommandResult.Command as WtCommand)?.Directly(parse) is { } run)
            {
                return await GuardAsync(run, context, json);
            }

            await using var pager = !json && parse.CommandResult.Command is WtCommand { IsLong: true } && parse.Action is not System.CommandLine.Help.HelpAction
                ? Pager.TryStart(context.Terminal, context.Environment)
                : null;
            return await GuardAsync(() => parse.InvokeAsync(invocation), context, json);
        }

        private static async Task<int> WriteAsync(CommandContext context, string text)
        {
            await context.Terminal.Output.WriteAsync(text);
            return ExitCodes.Ok;
        }

        private static async Task<int> GuardAsync(Func<Task<int>> run, CommandContext context, bool json)
        {
            var report = new Reporter(context.Terminal, json);
            try
            {
                return await run();
            }
            catch (AgentException e)
            {
                report.Fail(e.Error);
                return ErrorCodes.ExitCode(e.Error.Code);
            }
            catch (OperationCanceledException)
            {
                return ExitCodes.Interrupted;
            }
            catch (System.Text.Json.JsonException e)
            {
                report.Fail(new ErrorInfo(ErrorCodes.ProtocolMismatch, $"The agent said something that this wt does not understand: {e.Message}"));
                return ExitCodes.Refused;
            }
            catch (IOException) when (context.Terminal.IsPaged)
            {
                return ExitCodes.Ok; // The reader has seen enough and quit the pager.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                report.Fail(new ErrorInfo("io_error", e.Message));
                return ExitCodes.Failed;
            }
            finally
            {
                await context.Terminal.FlushAsync();
            }
        }
    }
}
