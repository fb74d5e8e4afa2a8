# SPDX-License-Identifier: GPL-3.0-or-later
# Sidekiq: a process of its own does jobs once each, in the order of its
# queues, when they are due, and again when they failed.  It loads this file
# too, for what the jobs are.
begin
  require 'sidekiq'
  require 'sidekiq/api'
rescue LoadError
  puts '1..0 # SKIP ruby-sidekiq is not installed'
  exit
end

Redis.silence_deprecations = true
REDIS = { url: "redis://#{ENV['REDIS_HOST']}:#{ENV['REDIS_PORT']}/0" }.freeze
Sidekiq.configure_client { |config| config.redis = REDIS }
Sidekiq.configure_server do |config|
  config.redis = REDIS
  config.options[:poll_interval_average] = 0.2 # seconds between what is due
end

# Notes which number was done.
class Note
  include Sidekiq::Worker

  def perform(number)
    Sidekiq.redis { |redis| redis.rpush('done', number) }
  end
end

# Works the third time.
class Flaky
  include Sidekiq::Worker
  sidekiq_options retry: 3

  def perform(number)
    raise 'not yet' if Sidekiq.redis { |redis| redis.incr('tries') } < 3

    Note.new.perform(number)
  end
end

# Works when it may.
class Fussy
  include Sidekiq::Worker
  sidekiq_options retry: 0

  def perform(number)
    raise 'on purpose' unless Sidekiq.redis { |redis| redis.get('may') }

    Note.new.perform(number)
  end
end

return if Sidekiq.server?

require_relative 'tap'

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

def eventually(wanted)
  limit = now + 30
  until (got = yield) == wanted
    raise "#{got.inspect}, not #{wanted.inspect}" if now > limit

    sleep 0.05
  end
end

def redis(&block)
  Sidekiq.redis(&block)
end

def done
  redis { |redis| redis.lrange('done', 0, -1) }.map(&:to_i)
end

# Has all that is to be tried again in more than a second be tried now.
def hurry
  Sidekiq::RetrySet.new.select { |job| job.at > Time.now + 1 }.each { |job| job.reschedule(Time.now) }
end

# Runs a server of @threads for @queues as long as the block.
def with_server(threads, *queues)
  words = queues.flat_map { |queue| ['-q', queue] }
  pid = spawn('sidekiq', '-c', threads.to_s, '-e', 'production', '-r', __FILE__, *words, %i[out err] => 'server.log')
  begin
    yield pid
  ensure
    Process.kill(:TERM, pid)
    Process.wait(pid)
  end
  raise "Sidekiq: #{$?}: #{File.read('server.log')}" unless $?.success?
end

tap_case 'each job once' do
  redis(&:flushall)
  40.times { |number| Note.perform_async(number) }
  Sidekiq::Client.push_bulk('class' => Note, 'args' => (40...80).map { |number| [number] })
  equal Sidekiq::Queue.new.size, 80
  with_server(4, 'default') do
    eventually((0...80).to_a) { done.sort }
    eventually([4]) { Sidekiq::ProcessSet.new.map { |server| server['concurrency'] } }
    equal Sidekiq::Queue.new.size, 0
  end
  equal Sidekiq::Stats.new.processed, 80
  equal Sidekiq::Stats.new.failed, 0
  equal Sidekiq::ProcessSet.new.size, 0
end

tap_case 'order of queues, and quiet' do
  redis(&:flushall)
  Note.set(queue: 'low').perform_async(2)
  Note.set(queue: 'high').perform_async(1)
  with_server(1, 'high', 'low') do |pid|
    eventually([1, 2]) { done }
    Process.kill(:TSTP, pid)
    eventually(%w[true]) { Sidekiq::ProcessSet.new.map { |server| server['quiet'] } }
    Note.set(queue: 'high').perform_async(3)
  end
  equal done, [1, 2]
  equal Sidekiq::Queue.new('high').map(&:args), [[3]]
end

tap_case 'due later, tried again, and dead' do
  redis(&:flushall)
  Note.perform_in(0.5, 7)
  equal Sidekiq::ScheduledSet.new.map(&:args), [[7]]
  Flaky.perform_async(8)
  Fussy.perform_async(9)
  with_server(4, 'default') do
    eventually([7, 8]) do
      hurry
      done.sort
    end
    equal redis { |redis| redis.get('tries') }, '3'
    eventually([0, 0]) { [Sidekiq::ScheduledSet.new, Sidekiq::RetrySet.new].map(&:size) }
    eventually(%w[Fussy]) { Sidekiq::DeadSet.new.map(&:klass) }
    redis { |redis| redis.set('may', 1) }
    Sidekiq::DeadSet.new.retry_all
    eventually([7, 8, 9]) { done.sort }
  end
  equal Sidekiq::Stats.new.failed, 3
end

tap_run
