using System.Collections;

namespace Tomlyn.Syntax;

/// <summary>Names how grave a message is.</summary>
public enum DiagnosticMessageKind
{
    /// <summary>The document is refused.</summary>
    Error,

    /// <summary>The document is accepted.</summary>
    Warning,
}

/// <summary>Says what is wrong at a place of a document.</summary>
public class DiagnosticMessage
{
    /// <summary>Creates a message.</summary>
    public DiagnosticMessage(DiagnosticMessageKind kind, SourceSpan span, string message)
    {
        Kind = kind;
        Span = span;
        Message = message;
    }

    /// <summary>How grave it is.</summary>
    public DiagnosticMessageKind Kind { get; }

    /// <summary>The place.</summary>
    public SourceSpan Span { get; }

    /// <summary>What is wrong.</summary>
    public string Message { get; }

    /// <summary>Returns place, gravity and text in one line.</summary>
    public override string ToString() => $"{Span.ToStringSimple()} : {(Kind == DiagnosticMessageKind.Error ? "error" : "warning")} : {Message}";
}

/// <summary>Collects messages in the order in which they were found.</summary>
public class DiagnosticsBag : IEnumerable<DiagnosticMessage>
{
    private readonly List<DiagnosticMessage> _messages = [];

    /// <summary>The number of messages.</summary>
    public int Count => _messages.Count;

    /// <summary>Whether one of them is an error.</summary>
    public bool HasErrors => _messages.Exists(message => message.Kind == DiagnosticMessageKind.Error);

    /// <summary>Reads a message.</summary>
    public DiagnosticMessage this[int index] => _messages[index];

    /// <summary>Adds a message.</summary>
    public void Add(DiagnosticMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        _messages.Add(message);
    }

    /// <summary>Adds an error.</summary>
    public void Error(SourceSpan span, string text) => Add(new DiagnosticMessage(DiagnosticMessageKind.Error, span, text));

    /// <summary>Adds a warning.</summary>
    public void Warning(SourceSpan span, string text) => Add(new DiagnosticMessage(DiagnosticMessageKind.Warning, span, text));

    /// <summary>Removes all messages.</summary>
    public void Clear() => _messages.Clear();

    /// <summary>Enumerates the messages.</summary>
    public List<DiagnosticMessage>.Enumerator GetEnumerator() => _messages.GetEnumerator();

    /// <summary>Returns the messages, each in a line.</summary>
    public override string ToString() => string.Concat(_messages.Select(message => message + Environment.NewLine));

    IEnumerator<DiagnosticMessage> IEnumerable<DiagnosticMessage>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
