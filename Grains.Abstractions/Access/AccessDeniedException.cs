using W0rktree.Grains.Abstractions.Replies;

namespace W0rktree.Grains.Abstractions.Access;

/// <summary>Reports that the call filter or the grain behind it turned a call away before its method ran.</summary>
[GenerateSerializer]
[Alias("wt.AccessDenied")]
public sealed class AccessDeniedException : Exception
{
    /// <summary>Initializes an empty refusal; serializers need it.</summary>
    public AccessDeniedException() => Refusal = Refusals.PermissionDenied("");

    /// <summary>Initializes a refusal.</summary>
    public AccessDeniedException(Refusal refusal)
        : base($"{refusal.Code}: {refusal.Message}") => Refusal = refusal;

    /// <summary>Gets what the caller is told.</summary>
    [Id(0)]
    public Refusal Refusal { get; init; }
}
