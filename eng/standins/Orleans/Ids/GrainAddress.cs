namespace Orleans.Runtime;

/// <summary>Where a grain is active.</summary>
[GenerateSerializer]
[Immutable]
public sealed class GrainAddress : IEquatable<GrainAddress>
{
    [Id(0)]
    private GrainId _grainId;

    [Id(1)]
    private ActivationId _activationId;

    /// <summary>The grain.</summary>
    public GrainId GrainId { get => _grainId; init => _grainId = value; }

    /// <summary>The activation.</summary>
    public ActivationId ActivationId { get => _activationId; init => _activationId = value; }

    /// <summary>The silo.</summary>
    [Id(2)]
    public SiloAddress? SiloAddress { get; init; }

    /// <summary>Tells whether grain, activation and silo are all known.</summary>
    public bool IsComplete => !_grainId.IsDefault && !_activationId.IsDefault && SiloAddress is not null;

    /// <inheritdoc />
    public bool Equals(GrainAddress? other) => other is not null && _grainId == other._grainId
        && _activationId == other._activationId && Equals(SiloAddress, other.SiloAddress);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as GrainAddress);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(_grainId, _activationId, SiloAddress);

    /// <inheritdoc />
    public override string ToString() => $"[{SiloAddress} {_grainId} {_activationId}]";
}
