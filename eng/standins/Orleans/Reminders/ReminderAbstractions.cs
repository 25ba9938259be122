using Orleans.Runtime;

namespace Orleans
{
    /// <summary>A grain that reminders wake.</summary>
    public interface IRemindable : IGrain
    {
        /// <summary>Receives one tick.</summary>
        Task ReceiveReminder(string reminderName, TickStatus status);
    }

    /// <summary>What a grain can do with its reminders.</summary>
    public static class GrainReminderExtensions
    {
        /// <summary>Registers a reminder, or changes one of the same name.</summary>
        public static Task<IGrainReminder> RegisterOrUpdateReminder(this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period) =>
            RegisterOrUpdateReminder((IGrainBase)grain, reminderName, dueTime, period);

        /// <summary>Registers a reminder, or changes one of the same name.</summary>
        public static Task<IGrainReminder> RegisterOrUpdateReminder(this IGrainBase grain, string reminderName, TimeSpan dueTime, TimeSpan period)
        {
            if (grain is not IRemindable)
            {
                throw new InvalidOperationException($"Grain {grain.GrainContext.GrainId} does not implement IRemindable.");
            }

            return Registry(grain).RegisterOrUpdateReminder(grain.GrainContext.GrainId, reminderName, dueTime, period);
        }

        /// <summary>Ends a reminder.</summary>
        public static Task UnregisterReminder(this Grain grain, IGrainReminder reminder) =>
            UnregisterReminder((IGrainBase)grain, reminder);

        /// <summary>Ends a reminder.</summary>
        public static Task UnregisterReminder(this IGrainBase grain, IGrainReminder reminder) =>
            Registry(grain).UnregisterReminder(grain.GrainContext.GrainId, reminder);

        /// <summary>Finds a reminder by its name.</summary>
        public static Task<IGrainReminder?> GetReminder(this Grain grain, string reminderName) => GetReminder((IGrainBase)grain, reminderName);

        /// <summary>Finds a reminder by its name.</summary>
        public static Task<IGrainReminder?> GetReminder(this IGrainBase grain, string reminderName) =>
            Registry(grain).GetReminder(grain.GrainContext.GrainId, reminderName);

        /// <summary>Lists the grain's reminders.</summary>
        public static Task<List<IGrainReminder>> GetReminders(this Grain grain) => GetReminders((IGrainBase)grain);

        /// <summary>Lists the grain's reminders.</summary>
        public static Task<List<IGrainReminder>> GetReminders(this IGrainBase grain) =>
            Registry(grain).GetReminders(grain.GrainContext.GrainId);

        private static Timers.IReminderRegistry Registry(IGrainBase grain) =>
            (Timers.IReminderRegistry?)grain.GrainContext.ActivationServices.GetService(typeof(Timers.IReminderRegistry))
            ?? throw new OrleansConfigurationException("The reminder service has not been configured. Call UseInMemoryReminderService or UseAdoNetReminderService.");
    }
}

namespace Orleans.Runtime
{
    /// <summary>A registered reminder.</summary>
    public interface IGrainReminder
    {
        /// <summary>Its name.</summary>
        string ReminderName { get; }
    }

    /// <summary>When a reminder ticks.</summary>
    [GenerateSerializer]
    [Immutable]
    public readonly struct TickStatus
    {
        /// <summary>Gives the times.</summary>
        public TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
        {
            FirstTickTime = firstTickTime;
            Period = period;
            CurrentTickTime = timeStamp;
        }

        /// <summary>When the first tick was due.</summary>
        [Id(0)]
        public DateTime FirstTickTime { get; }

        /// <summary>The time between ticks.</summary>
        [Id(1)]
        public TimeSpan Period { get; }

        /// <summary>When this tick was sent.</summary>
        [Id(2)]
        public DateTime CurrentTickTime { get; }

        /// <inheritdoc />
        public override string ToString() => $"<{FirstTickTime:O}, {Period}, {CurrentTickTime:O}>";
    }

    /// <summary>A reminder could not be registered or removed.</summary>
    [GenerateSerializer]
    public sealed class ReminderException : OrleansException
    {
        /// <summary>Gives a message.</summary>
        public ReminderException(string message)
            : base(message)
        {
        }
    }
}

namespace Orleans.Timers
{
    /// <summary>Keeps the reminders of grains.</summary>
    public interface IReminderRegistry
    {
        /// <summary>Registers a reminder, or changes one of the same name.</summary>
        Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period);

        /// <summary>Ends a reminder.</summary>
        Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder);

        /// <summary>Finds a reminder by its name.</summary>
        Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName);

        /// <summary>Lists a grain's reminders.</summary>
        Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId);
    }
}

namespace Orleans.Hosting
{
    /// <summary>How reminders work.</summary>
    public sealed class ReminderOptions
    {
        /// <summary>The shortest period; one minute by default.</summary>
        public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);
    }
}
