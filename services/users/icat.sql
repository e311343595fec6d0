-- A small ICAT for compose.yaml: the table as ICAT makes it, and a few invented users.
CREATE TABLE USER_ (
  ID bigint(20) NOT NULL AUTO_INCREMENT,
  AFFILIATION varchar(255) DEFAULT NULL,
  CREATE_ID varchar(255) NOT NULL,
  CREATE_TIME datetime NOT NULL,
  EMAIL varchar(255) DEFAULT NULL,
  FAMILYNAME varchar(255) DEFAULT NULL,
  FULLNAME varchar(255) DEFAULT NULL,
  GIVENNAME varchar(255) DEFAULT NULL,
  MOD_ID varchar(255) NOT NULL,
  MOD_TIME datetime NOT NULL,
  NAME varchar(255) NOT NULL,
  ORCIDID varchar(255) DEFAULT NULL,
  PRIMARY KEY (ID),
  KEY NAME_OF_USER (NAME)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

INSERT INTO USER_ (ID, NAME, FULLNAME, AFFILIATION, EMAIL, ORCIDID, CREATE_ID, CREATE_TIME, MOD_ID, MOD_TIME) VALUES
  (482, 'Karen482', 'Timothy Buchanan', 'University Of Cambridge', 'ruizjason@gmail.com', '16799', 'user', '2009-02-18 13:40:27', 'user', '2008-12-18 19:17:14'),
  (483, 'Amir483', 'Amir O''Grady', 'University Of Lund', 'amir.ogrady@example.org', '20117', 'user', '2010-05-03 08:12:00', 'user', '2011-01-20 10:00:00'),
  (484, 'Freya484', 'Freya Lund', 'Synchrotron Laboratory', 'freya.lund@example.org', NULL, 'user', '2012-11-30 16:45:10', 'user', '2012-11-30 16:45:10');
