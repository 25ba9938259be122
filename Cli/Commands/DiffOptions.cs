using System.CommandLine;
using System.Text.Json;
using W0rktree.Cli.Output;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary>What <c>wt diff</c>, <c>wt show</c> and <c>wt log</c> share: how changes are compared and shown.</summary>
internal sealed class DiffOptions
{
    private readonly Option<bool> _patch;
    private readonly Option<bool> _stat;
    private readonly Option<bool> _names;
    private readonly Option<bool> _words;
    private readonly Option<int?> _context;
    private readonly Option<bool> _allSpace;
    private readonly Option<bool> _spaceAmount;
    private readonly Option<bool> _spaceAtEnd;
    private readonly Option<bool> _carriageReturn;
    private readonly Option<bool> _blankLines;
    private readonly Option<bool> _functions;
    private readonly Option<bool> _copies;
    private readonly Option<bool> _copiesEverywhere;
    private readonly Option<bool> _binary;

    public DiffOptions(WtCommand command, string patch)
    {
        _patch = command.Take(new Option<bool>("--patch", "-p") { Description = patch });
        _stat = command.Take(new Option<bool>("--stat") { Description = "Changed lines by file" });
        _names = command.Take(new Option<bool>("--name-only") { Description = "Only the paths" });
        _words = command.Take(new Option<bool>("--word-diff") { Description = "Changed words within lines" });
        _context = command.Take(new Option<int?>("--unified", "-U") { Description = "Lines of context; 3 by default" });
        _functions = command.Take(new Option<bool>("--function-context", "-W") { Description = "The whole function around each change" });
        _allSpace = command.Take(new Option<bool>("--ignore-all-space", "-w") { Description = "White space does not count at all" });
        _spaceAmount = command.Take(new Option<bool>("--ignore-space-change", "-b") { Description = "How much white space there is does not count" });
        _spaceAtEnd = command.Take(new Option<bool>("--ignore-space-at-eol") { Description = "White space at the end of lines does not count" });
        _carriageReturn = command.Take(new Option<bool>("--ignore-cr-at-eol") { Description = "Line ends of both kinds are the same" });
        _blankLines = command.Take(new Option<bool>("--ignore-blank-lines") { Description = "Blank lines that come or go do not count" });
        _copies = command.Take(new Option<bool>("--copies", "-C") { Description = "Look for copies of files that changed" });
        _copiesEverywhere = command.Take(new Option<bool>("--find-copies-harder") { Description = "Look for copies of all files, unchanged ones too" });
        _binary = command.Take(new Option<bool>("--binary") { Description = "A patch that holds binary files whole, for git apply" });
    }

    public bool WantsPatch(ParseResult parse) => parse.GetValue(_patch);

    /// <summary>True where a form of showing changes was asked for.</summary>
    public bool AnyForm(ParseResult parse) => parse.GetValue(_patch) || parse.GetValue(_binary) || parse.GetValue(_stat) || parse.GetValue(_names) || parse.GetValue(_words);

    /// <summary>Adds to a request what the options say.</summary>
    public DiffParams Apply(ParseResult parse, bool json, DiffParams parameters) => parameters with
    {
        Format = json ? "structured"
            : parse.GetValue(_stat) ? "stat"
            : parse.GetValue(_names) ? "name_only"
            : parse.GetValue(_words) ? "word"
            : "patch",
        Context = parse.GetValue(_context),
        FunctionContext = parse.GetValue(_functions),
        IgnoreBlankLines = parse.GetValue(_blankLines),
        Copies = parse.GetValue(_copies),
        CopiesEverywhere = parse.GetValue(_copiesEverywhere),
        Binary = parse.GetValue(_binary),
        IgnoreSpace = parse.GetValue(_allSpace) ? "all"
            : parse.GetValue(_spaceAmount) ? "amount"
            : parse.GetValue(_spaceAtEnd) ? "at_end"
            : parse.GetValue(_carriageReturn) ? "cr_at_end"
            : null,
    };

    /// <summary>Asks for a diff and writes it.</summary>
    public static async Task<DiffResult> WriteAsync(CommandContext context, Reporter report, DiffParams parameters, bool plain, CancellationToken cancellationToken)
    {
        using var painter = new PatchPainter(context.Terminal, report.Style, enabled: parameters.Format is "patch" or "word" && !plain && context.Terminal.UseColor);
        var result = await context.AskAsync(Methods.Diff, parameters, IpcJson.Default.DiffParams, IpcJson.Default.DiffResult, cancellationToken, item =>
        {
            if (report.Json)
            {
                report.Line(item.GetRawText());
            }
            else if (JsonSerializer.Deserialize(item, IpcJson.Default.ContentEvent) is { } part)
            {
                painter.Write(part.Data);
            }
        });
        if (result.RenamesGaveUpAt is { } comparisons)
        {
            report.Note($"Renames with edits were not searched for: {comparisons:N0} pairs of files would have had to be compared.");
        }

        return result;
    }
}
