namespace W0rktree.AuthorityCost;

/// <summary>Is what one call took.</summary>
/// <param name="Seconds">By the clock.</param>
/// <param name="ProcessorSeconds">Of all processors together.</param>
/// <param name="Bytes">Allocated.</param>
internal readonly record struct Cost(double Seconds, double ProcessorSeconds, double Bytes);
