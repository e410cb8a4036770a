package io.tallyman.sink.mongodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoConfigurationException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ServerAddress;
import com.mongodb.bulk.BulkWriteError;
import io.tallyman.sink.SinkException;
import io.tallyman.sink.mongodb.StoreErrors.Kind;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreErrorsTest {

  @ParameterizedTest
  @CsvSource({
    "13, refused to write, REFUSED",
    "91, shutdown in progress, PASSING",
    "10107, not primary, PASSING",
    "14031, out of disk space, PASSING",
    "16500, too many requests, PASSING",
    "11000, E11000 duplicate key error collection: t.stats index: _id_ dup key, PASSING",
    "11000, E11000 duplicate key error collection: t.stats index: host_id_1 dup key, LASTING",
    "11000, E11000 duplicate key error collection: t.stats index: name_1 dup key, LASTING",
    "121, Document failed validation, LASTING",
    "10334, BSONObj size is invalid, LASTING"
  })
  void anErrorOfOneOperationPassesOrLasts(int code, String message, Kind kind) {
    assertThat(StoreErrors.kind(new BulkWriteError(code, message, new BsonDocument(), 0)))
        .isEqualTo(kind);
  }

  @Test
  void whatTheNetworkDoesIsAnOutage() {
    assertThat(StoreErrors.of(new MongoTimeoutException("no server")))
        .isInstanceOf(SinkException.Unavailable.class);
    assertThat(StoreErrors.of(socket())).isInstanceOf(SinkException.Unavailable.class);
    assertThat(StoreErrors.of(security(socket()))).isInstanceOf(SinkException.Unavailable.class);
    assertThat(StoreErrors.of(security(command(91)))).isInstanceOf(SinkException.Unavailable.class);
    assertThat(StoreErrors.of(command(11600))).isInstanceOf(SinkException.Unavailable.class);
  }

  @Test
  void aNoToTheUserIsARefusal() {
    assertThat(StoreErrors.of(security(command(18))))
        .isInstanceOf(SinkException.CredentialsRefused.class)
        .hasMessageContaining("tallyman.mongodb.uri")
        .hasMessageNotContaining("secret");
    assertThat(StoreErrors.of(command(13))).isInstanceOf(SinkException.CredentialsRefused.class);
  }

  @Test
  void whatNoWaitWillMendIsThrown() {
    assertThatThrownBy(() -> StoreErrors.of(command(73))).isInstanceOf(MongoCommandException.class);
    assertThatThrownBy(() -> StoreErrors.of(new MongoConfigurationException("no such option")))
        .isInstanceOf(MongoConfigurationException.class);
  }

  @Test
  void reasonsAreShort() {
    assertThat(
            StoreErrors.reason(new BulkWriteError(121, "x".repeat(5_000), new BsonDocument(), 0)))
        .startsWith("MongoDB error 121: xxx")
        .hasSizeLessThan(400);
  }

  private static MongoSocketReadException socket() {
    return new MongoSocketReadException("gone", new ServerAddress());
  }

  private static MongoSecurityException security(Throwable cause) {
    var credential = MongoCredential.createCredential("u", "admin", "secret".toCharArray());
    return new MongoSecurityException(credential, "Exception authenticating " + credential, cause);
  }

  private static MongoCommandException command(int code) {
    var response =
        new BsonDocument("ok", new BsonInt32(0))
            .append("code", new BsonInt32(code))
            .append("errmsg", new BsonString("no"));
    return new MongoCommandException(response, new ServerAddress());
  }
}
