using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;

namespace Orleans.Runtime
{
    /// <summary>A timer of an activation, gone with it.</summary>
    public interface IGrainTimer : IDisposable
    {
        /// <summary>Sets when it ticks next, and then how often.</summary>
        void Change(TimeSpan dueTime, TimeSpan period);
    }

    /// <summary>How a grain timer ticks.</summary>
    public readonly struct GrainTimerCreationOptions : IEquatable<GrainTimerCreationOptions>
    {
        /// <summary>Leaves everything to the initialiser.</summary>
        public GrainTimerCreationOptions()
        {
        }

        /// <summary>Sets the times.</summary>
        [SetsRequiredMembers]
        public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
        {
            DueTime = dueTime;
            Period = period;
        }

        /// <summary>The time to the first tick.</summary>
        public required TimeSpan DueTime { get; init; }

        /// <summary>The time from the end of one tick to the next.</summary>
        public required TimeSpan Period { get; init; }

        /// <summary>Says whether ticks may run between the turns of requests.</summary>
        public bool Interleave { get; init; }

        /// <summary>Says whether ticks keep the activation from being idle.</summary>
        public bool KeepAlive { get; init; }

        /// <inheritdoc />
        public bool Equals(GrainTimerCreationOptions other) => DueTime == other.DueTime && Period == other.Period
            && Interleave == other.Interleave && KeepAlive == other.KeepAlive;

        /// <inheritdoc />
        public override bool Equals(object? obj) => obj is GrainTimerCreationOptions other && Equals(other);

        /// <inheritdoc />
        public override int GetHashCode() => HashCode.Combine(DueTime, Period, Interleave, KeepAlive);

        /// <summary>Tells whether both say the same.</summary>
        public static bool operator ==(GrainTimerCreationOptions left, GrainTimerCreationOptions right) => left.Equals(right);

        /// <summary>Tells whether they differ.</summary>
        public static bool operator !=(GrainTimerCreationOptions left, GrainTimerCreationOptions right) => !left.Equals(right);
    }
}

namespace Orleans.Timers
{
    /// <summary>Makes the timers of activations.</summary>
    public interface ITimerRegistry
    {
        /// <summary>Registers a timer whose ticks interleave with requests.</summary>
        [Obsolete("Use 'RegisterGrainTimer(grainContext, callback, state, new() { DueTime = dueTime, Period = period, Interleave = true })' instead.")]
        IDisposable RegisterTimer(IGrainContext grainContext, Func<object?, Task> callback, object? state, TimeSpan dueTime, TimeSpan period);

        /// <summary>Registers a timer.</summary>
        IGrainTimer RegisterGrainTimer<TState>(IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options);
    }
}
