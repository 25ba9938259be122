using System.CommandLine;
using System.CommandLine.Parsing;
using W0rktree.Cli;
using W0rktree.Cli.Agent;
using W0rktree.Cli.Commands;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

Console.OutputEncoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var environment = Endpoint.ProcessEnvironment();
var terminal = Terminal.OfProcess(environment);
return await Entry.RunAsync(args, new CommandContext(terminal, environment, TimeProvider.System, Environment.CurrentDirectory));

namespace W0rktree.Cli
{
    /// <summary>Runs one command line and turns every ending into an exit code.</summary>
    public static class Entry
    {
        /// <summary>Parses and runs.</summary>
        public static async Task<int> RunAsync(string[] args, CommandContext context)
        {
            var root = CommandTree.Build(context);
            // What follows "wt server" belongs to the server's program, options included.
            if (args is ["server", .. var rest])
            {
                return await GuardAsync(() => ServerCommand.RunAsync(context, rest), context, json: false);
            }


            // "@" names the line's tip; it must not be taken for a file with more arguments.
            var parse = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parse.Errors.Count > 0 && parse.Action is not System.CommandLine.Help.HelpAction && parse.Action?.ClearsParseErrors != true)
            {
                UsageErrors.Render(parse, context.Report(parse));
                return ExitCodes.Refused;
            }

            var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = context.Terminal.Output, Error = context.Terminal.Error };
            return await GuardAsync(() => parse.InvokeAsync(invocation), context, parse.GetValue(CommandContext.JsonOption));
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
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                report.Fail(new ErrorInfo("io_error", e.Message));
                return ExitCodes.Failed;
            }
            finally
            {
                await context.Terminal.Output.FlushAsync();
            }
        }
    }
}
