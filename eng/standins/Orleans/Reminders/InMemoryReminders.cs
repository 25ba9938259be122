using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Timers;

namespace Orleans.Runtime
{
    /// <summary>Keeps reminders in memory, for the life of the cluster, and calls their grains when they are due.</summary>
    internal sealed class InMemoryReminders(Cluster cluster, GrainFactory factory, Silo silo, IOptions<ReminderOptions> options) : IReminderRegistry
    {
        private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<Cluster, ConcurrentDictionary<(GrainId Grain, string Name), Entry>> _tables = [];

        private readonly ConcurrentDictionary<(GrainId Grain, string Name), Entry> _table =
            _tables.GetValue(cluster, static _ => new ConcurrentDictionary<(GrainId Grain, string Name), Entry>());

        public Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period)
        {
            ArgumentException.ThrowIfNullOrEmpty(reminderName);
            if (dueTime == Timeout.InfiniteTimeSpan || dueTime < TimeSpan.Zero)
            {
                throw new ArgumentOutOfRangeException(nameof(dueTime), dueTime, "The time to the first tick must be positive or zero.");
            }

            if (period == Timeout.InfiniteTimeSpan || period < TimeSpan.Zero)
            {
                throw new ArgumentOutOfRangeException(nameof(period), period, "The period must be positive.");
            }

            if (period < options.Value.MinimumReminderPeriod)
            {
                throw new ArgumentException($"The reminder {reminderName} period is {period}, which is shorter than the minimum of {options.Value.MinimumReminderPeriod}.", nameof(period));
            }

            var entry = new Entry(this, callingGrainId, reminderName, silo.Time.GetUtcNow() + dueTime, period);
            _table.AddOrUpdate((callingGrainId, reminderName), entry, (_, former) =>
            {
                former.Stop();
                return entry;
            });
            entry.Begin(dueTime);
            return Task.FromResult<IGrainReminder>(entry);
        }

        public Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder)
        {
            ArgumentNullException.ThrowIfNull(reminder);
            if (!_table.TryRemove((callingGrainId, reminder.ReminderName), out var entry))
            {
                throw new ReminderException($"Could not unregister reminder {reminder.ReminderName} of {callingGrainId}: it is not registered.");
            }

            entry.Stop();
            return Task.CompletedTask;
        }

        public Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName) =>
            Task.FromResult<IGrainReminder?>(_table.GetValueOrDefault((callingGrainId, reminderName)));

        public Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId) =>
            Task.FromResult(_table.Values.Where(e => e.Grain == callingGrainId).OrderBy(static e => e.ReminderName, StringComparer.Ordinal).ToList<IGrainReminder>());

        private sealed class Entry(InMemoryReminders owner, GrainId grain, string name, DateTimeOffset first, TimeSpan period) : IGrainReminder
        {
            private ITimer? _timer;

            public string ReminderName => name;

            public GrainId Grain => grain;

            public void Begin(TimeSpan dueTime)
            {
                using (ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow())
                {
                    _timer = owner.Time.CreateTimer(static e => ((Entry)e!).Tick(), this, dueTime, period);
                }
            }

            public void Stop() => _timer?.Dispose();

            private void Tick() => _ = owner.TickAsync(grain, name, new TickStatus(first.UtcDateTime, period, owner.Time.GetUtcNow().UtcDateTime));
        }

        private TimeProvider Time => silo.Time;

        private async Task TickAsync(GrainId grain, string name, TickStatus status)
        {
            try
            {
                await factory.GetGrain<IRemindable>(grain).ReceiveReminder(name, status);
            }
            catch (Exception exception)
            {
                silo.Log.LogWarning(exception, "Reminder {Name} of {Grain} failed; it will tick again", name, grain);
            }
        }
    }
}

namespace Orleans.Hosting
{
    /// <summary>Adds reminders.</summary>
    public static class SiloBuilderReminderMemoryExtensions
    {
        /// <summary>Adds reminders that are gone with the cluster.</summary>
        public static ISiloBuilder UseInMemoryReminderService(this ISiloBuilder builder)
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.TryAddSingleton<IReminderRegistry, Runtime.InMemoryReminders>();
            return builder;
        }
    }
}
