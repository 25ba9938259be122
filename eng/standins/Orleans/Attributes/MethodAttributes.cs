namespace Orleans
{
    /// <summary>Sets how long a caller waits for this method, instead of the configured response timeout.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class ResponseTimeoutAttribute : Attribute
    {
        /// <summary>Gives the time in the form of <see cref="TimeSpan.Parse(string)"/>.</summary>
        public ResponseTimeoutAttribute(string timeout) => Timeout = TimeSpan.Parse(timeout);

        /// <summary>The time.</summary>
        public TimeSpan? Timeout { get; init; }
    }
}

namespace Orleans.Concurrency
{
    /// <summary>Lets the method run between the turns of any other request.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class AlwaysInterleaveAttribute : Attribute
    {
    }

    /// <summary>Lets the method run between the turns of other read-only requests.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class ReadOnlyAttribute : Attribute
    {
    }

    /// <summary>Makes the call return as soon as it is sent.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class OneWayAttribute : Attribute
    {
    }
}
