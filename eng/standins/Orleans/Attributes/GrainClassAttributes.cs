namespace Orleans
{
    /// <summary>Gives a grain class its type name.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
    public sealed class GrainTypeAttribute : Attribute
    {
        private readonly string _grainType;

        /// <summary>Gives the name.</summary>
        public GrainTypeAttribute(string grainType) => _grainType = grainType;

        /// <summary>Makes the grain type.</summary>
        public Runtime.GrainType GetGrainType(IServiceProvider services, Type type) => Runtime.GrainType.Create(_grainType);
    }

    /// <summary>Sets after how much idle time activations of the class are collected.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
    public class CollectionAgeLimitAttribute : Attribute
    {
        private TimeSpan? _parsed;

        /// <summary>The shortest age.</summary>
        public static readonly TimeSpan MinAgeLimit = TimeSpan.FromMinutes(1);

        /// <summary>Takes the age from the properties.</summary>
        public CollectionAgeLimitAttribute()
        {
        }

        /// <summary>Takes the age from a text in the form of <see cref="TimeSpan.Parse(string)"/>.</summary>
        public CollectionAgeLimitAttribute(string inactivityPeriod) => _parsed = TimeSpan.Parse(inactivityPeriod);

        /// <summary>Days of the age.</summary>
        public double Days { get; set; }

        /// <summary>Hours of the age.</summary>
        public double Hours { get; set; }

        /// <summary>Minutes of the age.</summary>
        public double Minutes { get; set; }

        /// <summary>Says that activations are never collected.</summary>
        public bool AlwaysActive { get; set; }

        /// <summary>The age, never below <see cref="MinAgeLimit"/>.</summary>
        public TimeSpan AgeLimit
        {
            get
            {
                if (AlwaysActive)
                {
                    return Timeout.InfiniteTimeSpan;
                }

                _parsed ??= TimeSpan.FromDays(Days) + TimeSpan.FromHours(Hours) + TimeSpan.FromMinutes(Minutes);
                return _parsed.Value < MinAgeLimit ? MinAgeLimit : _parsed.Value;
            }
        }
    }

    /// <summary>Keeps activations of the class for ever.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
    public class KeepAliveAttribute : Attribute
    {
    }
}

namespace Orleans.Concurrency
{
    /// <summary>Lets requests of the class run between each other's turns.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class ReentrantAttribute : Attribute
    {
    }

    /// <summary>Names a static predicate that says which requests may interleave.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class MayInterleaveAttribute : Attribute
    {
        /// <summary>Names the predicate.</summary>
        public MayInterleaveAttribute(string callbackMethodName) => CallbackMethodName = callbackMethodName;

        internal string CallbackMethodName { get; }
    }

    /// <summary>Has no effect: order is never guaranteed.</summary>
    [AttributeUsage(AttributeTargets.Interface)]
    [Obsolete("Message ordering is not guaranteed regardless of whether this attribute is used. This attribute has no effect.")]
    public sealed class UnorderedAttribute : Attribute
    {
    }

    /// <summary>Lets a grain have several activations, all on the caller's silo.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class StatelessWorkerAttribute : Placement.PlacementAttribute
    {
        /// <summary>Allows as many activations as there are processors.</summary>
        public StatelessWorkerAttribute()
            : this(Environment.ProcessorCount)
        {
        }

        /// <summary>Allows a number of activations.</summary>
        public StatelessWorkerAttribute(int maxLocalWorkers)
            : this(maxLocalWorkers, removeIdleWorkers: true)
        {
        }

        /// <summary>Allows a number of activations and says whether idle ones go early.</summary>
        public StatelessWorkerAttribute(int maxLocalWorkers, bool removeIdleWorkers)
            : base(new Runtime.StatelessWorkerPlacement(maxLocalWorkers)) =>
            _ = removeIdleWorkers;
    }
}

namespace Orleans.Placement
{
    /// <summary>Says where activations of a class are placed.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
    public abstract class PlacementAttribute : Attribute
    {
        /// <summary>Gives the strategy.</summary>
        protected PlacementAttribute(Runtime.PlacementStrategy placement) => PlacementStrategy = placement;

        /// <summary>The strategy.</summary>
        public Runtime.PlacementStrategy PlacementStrategy { get; }
    }

    /// <summary>Places activations at random.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
    public sealed class RandomPlacementAttribute : PlacementAttribute
    {
        /// <summary>Places at random.</summary>
        public RandomPlacementAttribute()
            : base(new Runtime.RandomPlacement())
        {
        }
    }

    /// <summary>Places activations on the caller's silo.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
    public sealed class PreferLocalPlacementAttribute : PlacementAttribute
    {
        /// <summary>Places on the caller's silo.</summary>
        public PreferLocalPlacementAttribute()
            : base(new Runtime.PreferLocalPlacement())
        {
        }
    }
}

namespace Orleans.Runtime
{
    /// <summary>Says where activations are placed.</summary>
    public abstract class PlacementStrategy
    {
    }

    /// <summary>Places activations at random.</summary>
    public sealed class RandomPlacement : PlacementStrategy
    {
    }

    /// <summary>Places activations on the caller's silo.</summary>
    public sealed class PreferLocalPlacement : PlacementStrategy
    {
    }

    internal sealed class StatelessWorkerPlacement(int maxLocal) : PlacementStrategy
    {
        public int MaxLocal { get; } = maxLocal > 0 ? maxLocal : Environment.ProcessorCount;
    }
}
